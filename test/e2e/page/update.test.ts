// needs: chromium
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, Person } from './support/browser.ts'
import { Host, password } from './support/host.ts'

/** From the login to an update that has ended, as people do it. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

test('when somebody has never seen the page then three clicks after opening it an update runs, and they watch it end', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1'], gated: true }])
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.go('/')
  await page.getByLabel('Name').fill('anna')
  await page.getByLabel('Password').fill(password)
  // One.
  await page.getByRole('button', { name: 'Log in' }).click()
  // Two: what it would do is shown, and nothing has happened.
  await page
    .getByRole('link', { name: 'Update to 1.0.1' })
    .or(page.getByRole('button', { name: 'Update to 1.0.1' }))
    .click()
  const plan = page.getByRole('dialog')
  await plan.getByText('Way back').waitFor()
  await plan.getByText(/needed, .* free/).waitFor()
  expect(await host.version('core')).toBe('1.0.0')
  // Three.
  await plan.getByRole('button', { name: 'Update to 1.0.1' }).click()
  await page.waitForURL(/\/runs\//)
  await anna.sees('under way')
  await host.open('core')
  await anna.seesTheEnd()
  await expect.poll(() => host.version('core')).toBe('1.0.1')
  await page.getByRole('link', { name: 'Overview' }).first().click()
  await anna.sees('Everything is up to date.')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when nobody has asked the source yet then "Check now" finds what is offered', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1'], unasked: true }])
  await using anna = await Person.at(browser, host)
  await anna.logIn()
  await anna.page.getByRole('button', { name: 'Check now' }).click()
  await anna.sees('Update to 1.0.1')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when the new version is never healthy then it is said in words that the old one is back, and why', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.1.0-broken'] }])
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/components/core')
  await anna.update('1.1.0-broken')
  await anna.sees(/1\.0\.0 is (back|running)/)
  await anna.sees(/500/)
  expect(await host.version('core')).toBe('1.0.0')
  await page.getByRole('link', { name: 'History' }).click()
  await anna.sees('rolled back')
  await page.getByLabel('Outcome').selectOption('rolled-back')
  await expect.poll(() => page.getByRole('table').getByRole('row').count()).toBe(2)
  await page.getByLabel('Outcome').selectOption('stuck')
  await anna.sees('No run is like that.')
  await page.reload()
  await anna.sees('No run is like that.')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when a version is chosen to go back to then that one runs again', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1', '1.0.2'] }])
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/components/core')
  await anna.update('1.0.2')
  await expect.poll(() => host.version('core')).toBe('1.0.2')
  await anna.go('/components/core')
  await page
    .getByRole('button', { name: /Go back/ })
    .or(page.getByRole('link', { name: /Go back/ }))
    .first()
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Which version?').selectOption('1.0.1')
  await dialog.getByRole('button', { name: 'Go back to 1.0.1' }).click()
  await page.waitForURL(/\/runs\//)
  await expect.poll(() => host.version('core')).toBe('1.0.1')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test.each([
  ['on a phone', { width: 390, height: 844 }],
  ['on a small phone', { width: 360, height: 640 }],
])('when it is done %s then everything is within reach, and nothing is cut off', async (_, view) => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1'] }])
  await using anna = await Person.at(browser, host, view)
  await anna.logIn()
  await anna.staysInside()
  await anna.page
    .getByRole('link', { name: 'Update to 1.0.1' })
    .or(anna.page.getByRole('button', { name: 'Update to 1.0.1' }))
    .click()
  const plan = anna.page.getByRole('dialog')
  await plan.getByText('Way back').waitFor()
  await anna.staysInside()
  await plan.getByRole('button', { name: 'Update to 1.0.1' }).click()
  await anna.page.waitForURL(/\/runs\//)
  await anna.staysInside()
  await anna.seesTheEnd()
  expect(await host.version('core')).toBe('1.0.1')
  await anna.staysInside()
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when there is only a keyboard then it is enough', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1'] }])
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.go('/')
  // The first field has the focus.
  await page.locator('input[name=username]:focus').waitFor()
  await page.keyboard.type('anna')
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await anna.sees('Update to 1.0.1')
  await anna.tabTo('Update to 1.0.1')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('Way back').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await anna.tabTo('Update to 1.0.1')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('Way back').waitFor()
  await page.keyboard.press('Escape')
  // The focus is where it was.
  await page.locator(':focus', { hasText: /^Update to 1\.0\.1$/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByText('Way back').waitFor()
  await anna.tabTo('Update to 1.0.1')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/runs\//)
  await expect.poll(() => host.version('core')).toBe('1.0.1')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when somebody may only look then there is nothing to press, and it says why', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1'] }], {
    anna: 'admin',
    rita: 'read',
  })
  await using rita = await Person.at(browser, host)
  const { page } = rita
  await rita.logIn('rita')
  await rita.sees('You may look, not change.')
  expect(await page.getByText('Update to 1.0.1').count()).toBe(0)
  await rita.go('/components/core')
  await rita.sees('You may look, not change.')
  for (const name of [/Update/, /Go back/, /Check now/, /Change/])
    expect(await page.getByRole('button', { name }).count(), String(name)).toBe(0)
  for (const name of ['People and tokens', 'Audit log']) expect(await page.getByRole('link', { name }).count()).toBe(0)
  expect([...rita.complaints, ...rita.refused]).toEqual([])
})

test('when the browser speaks German then so does everything, also what the agent says', async () => {
  await using host = await Host.create([{ name: 'core', versions: ['1.0.0', '1.0.1'] }])
  await using anna = await Person.at(browser, host, { language: 'de' })
  const { page } = anna
  await anna.logIn()
  await page.getByText('Auf 1.0.1 aktualisieren').first().click()
  await page.getByRole('dialog').getByText('Rückweg').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Auf 1.0.1 aktualisieren' }).click()
  await page.waitForURL(/\/runs\//)
  await expect.poll(() => host.version('core')).toBe('1.0.1')
  await page.getByRole('link', { name: 'Verlauf' }).click()
  await anna.sees('erledigt')
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  await page.getByLabel('Sprache').selectOption('en')
  await anna.sees('What happened')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})
