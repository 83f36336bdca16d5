// needs: chromium
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtIndex, firstLoadBytes } from '../../../scripts/page/build.ts'
import { openBrowser, Person } from './support/browser.ts'
import { Host, password } from './support/host.ts'

/** How people come in, and what a browser loads for it. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

const component = { name: 'core', versions: ['1.0.0', '1.0.1'] }
const firstLoadBytesMax = 150_000

test('when nobody has been here then the printed secret sets up the first user, once', async () => {
  await using host = await Host.create([component], {})
  const secret = await host.agent.says(/[0-9a-f]{4}(?:-[0-9a-f]{4}){7}/)
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.go('/')
  await page.getByLabel('One-time secret').fill('0000-0000-0000-0000-0000-0000-0000-0000')
  await page.getByLabel('Your name').fill('anna')
  await page.getByLabel('A password').fill(password)
  await page.getByLabel('The password again').fill('something else')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await anna.sees('The two passwords differ.')
  await page.getByLabel('The password again').fill(password)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('One-time secret').fill(secret)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('link', { name: 'core', exact: true }).first().waitFor()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByLabel('Password', { exact: true }).waitFor()
  expect(await page.getByLabel('One-time secret').count()).toBe(0)
  expect(anna.complaints).toEqual([])
})

test('when the password is wrong then that is said, and the right one leads to where the person wanted to go', async () => {
  await using host = await Host.create([component])
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.go('/history')
  await page.getByLabel('Name').fill('anna')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('heading', { name: 'History', level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/history')
  expect(anna.refused).toEqual([expect.stringMatching(/401.*session\)$/)])
  expect(anna.complaints).toEqual([])
})

test('when nothing is there yet then a wrong word is named in German too, and each view says what to do first', async () => {
  await using host = await Host.create([])
  await using anna = await Person.at(browser, host, { language: 'de' })
  const { page } = anna
  await anna.go('/')
  await page.getByLabel('Name').fill('anna')
  await page.getByLabel('Passwort').fill('not the password')
  await page.getByRole('button', { name: 'Anmelden' }).click()
  await page.getByRole('alert').getByText('Der Name oder das Passwort ist falsch.').waitFor()
  await anna.logIn()
  // The agent has a config, and "init" overwrites none.
  await anna.sees(/^belay -c found\.yaml init/)
  for (const path of ['/history', '/backups', '/notifications', '/settings']) {
    await anna.go(path)
    await anna.isQuiet()
    expect(await page.locator('.empty').count(), path).toBeGreaterThan(0)
  }
  expect(anna.complaints).toEqual([])
})

test('when the session ends while the page is open then it asks for the password, and goes on at the same place', async () => {
  await using host = await Host.create([component])
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn()
  await page.getByRole('link', { name: 'History' }).click()
  await anna.sees('done')
  await anna.forget()
  const form = page.getByLabel('Name')
  // An event may have made the page ask for something already: then its links are gone.
  const onwards = page.getByRole('link', { name: 'Backups' }).click()
  await Promise.race([form.waitFor(), onwards.catch(() => {})])
  await form.waitFor()
  const place = new URL(page.url()).pathname
  await form.fill('anna')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
  const title = { '/history': 'History', '/backups': 'Backups' }[place] ?? 'another place'
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe(place)
  expect(anna.complaints).toEqual([])
})

test('when the page is opened first then it has loaded no more than it may, and from nowhere else', async () => {
  const index = builtIndex()
  expect(index === null ? null : firstLoadBytes(index)).toBeLessThan(firstLoadBytesMax)
  await using host = await Host.create([component])
  await using anna = await Person.at(browser, host)
  const sizes: Promise<number>[] = []
  anna.page.on('requestfinished', (request) => {
    expect(new URL(request.url()).origin).toBe(host.url)
    sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize))
  })
  await anna.go('/')
  await anna.page.getByLabel('Password').waitFor()
  const loaded = (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0)
  expect(loaded).toBeGreaterThan(50_000)
  expect(loaded).toBeLessThan(firstLoadBytesMax)
  expect(anna.complaints).toEqual([])
})
