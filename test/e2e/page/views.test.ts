// needs: chromium
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, Person } from './support/browser.ts'
import { Host } from './support/host.ts'

/** Every view, with something in it, in both themes and languages. */
let browser: Browser
let host: Host

/** What a release says of itself is written by strangers. */
const hostileNotes = `# Faster

- **one** thing, and [a link](https://example.com/notes)
- [run](javascript:document.title='gone') <img src="/api/v1/components" onerror="document.title='gone'">
<script>document.title = 'gone'</script><style>body { display: none }</style><iframe src="/"></iframe>
<form action="/api/v1/session"><input name="password"></form><p onclick="document.title='gone'" style="position:fixed">x</p>
`
const long = 'the-customer-portal-of-the-northern-branch-with-a-name-of-sixty3'

beforeAll(async () => {
  browser = await openBrowser()
  host = await Host.create(
    [
      { name: 'core', versions: ['1.0.0', '1.0.1', '1.1.0'], notes: { '1.1.0': hostileNotes } },
      { name: 'shop', versions: ['2.0.0', '2.1.0-broken'] },
      { name: long, versions: ['1.0.0-alpha.beta.gamma.delta.20260101', '1.0.1-alpha.beta.gamma.delta.20261231'] },
    ],
    { anna: 'admin', rita: 'read' },
    { notify: { ops: { type: 'ntfy', server: 'http://127.0.0.1:9', topic: 'ops' } } },
  )
  await host.belay(['update', 'core', '--to', '1.0.1', '--yes'])
  await host.belay(['update', 'shop', '--yes']).catch(() => null)
  await host.belay(['check', '--force'])
})
afterAll(async () => {
  await host.remove()
  await browser.close()
})

/** What the page's file says of it. */
async function autoOf(name: string): Promise<unknown> {
  const file = JSON.parse(await readFile(join(host.state, 'settings.json'), 'utf8')) as {
    components: Readonly<Record<string, { policy?: { auto?: unknown } }>>
  }
  return file.components[name]?.policy?.auto
}

const paths = [
  '/',
  '/components/core',
  '/components/core?open=update',
  '/components/core?open=rollback',
  '/components/shop',
  `/components/${long}`,
  `/components/${long}?open=update`,
  '/history',
  '/backups',
  '/notifications',
  '/notifications/1',
  '/host',
  '/settings',
  '/people',
  '/audit',
  '/nothing/here',
]

test.each([
  ['light', 'en', 1280],
  ['dark', 'de', 390],
] as const)(
  'when views are scanned in %s and %s at %i px then nothing serious is found, nothing is cut off, nobody complains',
  async (scheme, language, width) => {
    await using anna = await Person.at(browser, host, { scheme, language, width })
    await anna.logIn()
    const runs = anna.page.waitForResponse((response) => response.url().includes('/api/v1/runs?'))
    await anna.go('/history')
    const failed = ((await (await runs).json()) as { runs: { run: string; outcome: string }[] }).runs.find(
      ({ outcome }) => outcome === 'rolled-back',
    )
    expect(failed).toBeDefined()
    for (const path of [...paths, `/runs/${failed?.run ?? ''}`]) {
      await anna.go(path)
      await anna.isQuiet()
      expect(await anna.findings(), path).toEqual([])
      await anna.staysInside()
    }
    // It shows the failed run still: nothing of it goes on, and what a step is called stands on one line.
    expect(await anna.page.locator('.step-running').count()).toBe(0)
    const heights = await anna.page
      .locator('.step-title')
      .evaluateAll((titles) => titles.map((title) => title.clientHeight))
    expect(Math.max(...heights)).toBeLessThan(40)
    expect([...anna.complaints, ...anna.refused]).toEqual([])
  },
)

test('when a source cannot be asked then its component says so once', async () => {
  await using lonely = await Host.create([{ name: 'core', versions: ['1.0.0'] }])
  await rm(join(lonely.dir, 'releases/core'), { recursive: true })
  await lonely.belay(['check', '--force']).catch(() => null)
  await using anna = await Person.at(browser, lonely)
  await anna.logIn()
  await anna.sees('1 component needs you.')
  expect(await anna.page.getByText('Never checked yet.').count()).toBe(0)
  await anna.go('/components/core')
  await anna.isQuiet()
  expect(await anna.page.locator('.notice').count()).toBe(1)
})

test('when the notes of a release carry a script, a form or a picture then they are words and links, and nothing else', async () => {
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/components/core')
  const notes = page.locator('.markdown').first()
  await notes.getByRole('heading', { name: 'Faster' }).waitFor()
  expect(await notes.locator('script, style, iframe, form, input, img, [onclick], [onerror], [style]').count()).toBe(0)
  const links = await notes.locator('a[href]').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
  expect(links).toEqual(['https://example.com/notes'])
  expect(await notes.locator('a[href]').getAttribute('rel')).toContain('noopener')
  expect(await page.title()).toContain('core')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when nobody is logged in then the login is scanned too, in both themes', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    await using nobody = await Person.at(browser, host, { scheme, width: 390 })
    await nobody.go('/people')
    await nobody.page.getByLabel('Password').waitFor()
    expect(await nobody.findings()).toEqual([])
    await nobody.staysInside()
  }
})

test('when somebody prefers the other theme or language then the page keeps to it', async () => {
  await using anna = await Person.at(browser, host, { scheme: 'light' })
  const { page } = anna
  await anna.logIn()
  const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor')
  const light = await ground()
  await page.getByLabel('Appearance').selectOption('dark')
  await page.getByLabel('Language').selectOption('de')
  await anna.sees('Übersicht')
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.reload()
  await anna.sees('Übersicht')
  expect(await ground()).toBe(dark)
})

test('when people and tokens are added and taken away then the host says the same, and the log has who did it', async () => {
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/people')
  await page.getByRole('button', { name: 'Add a person' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('otto')
  await dialog.getByLabel('Password').fill('twelve monkeys ride')
  await dialog.getByLabel('Update').check()
  await dialog.getByRole('button', { name: 'Add a person' }).click()
  await anna.sees('otto may log in now.')
  await page.getByRole('button', { name: 'Password: otto' }).click()
  await dialog.getByLabel('New password').fill('another long password')
  await dialog.getByLabel('The password again').fill('another long password')
  await dialog.getByRole('button', { name: 'Change password' }).click()
  await anna.sees('The password is changed.')
  await page.getByRole('button', { name: 'Remove otto' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await anna.sees('otto is removed.')
  expect(await host.belay(['user', 'list'])).not.toContain('otto')

  await page.getByRole('button', { name: 'Make a token' }).click()
  await dialog.getByLabel('What it is for').fill('monitoring')
  await dialog.getByRole('button', { name: 'Make a token' }).click()
  const token = await dialog.locator('.once').innerText()
  expect(token).toMatch(/^belay_[0-9a-f]{64}$/)
  const asked = async () =>
    (await fetch(`${host.url}/api/v1/components`, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await asked()).toBe(200)
  await dialog.getByRole('button', { name: 'I have it' }).click()
  await page.getByRole('button', { name: 'Revoke the token "monitoring"' }).click()
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await anna.sees('No program has a token.')
  expect(await asked()).toBe(401)

  await page.getByRole('link', { name: 'Audit log' }).click()
  await anna.sees('Nothing in this log was changed or taken out.')
  await page.getByLabel('Find').fill('user-remove otto')
  await expect.poll(() => page.getByRole('table').getByRole('row').count()).toBe(2)
  await page.getByLabel('Find').fill('twelve')
  await anna.sees('No entry of those that are loaded has that in it.')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when a policy is changed in its sentence then it holds, and the way back to the config is there', async () => {
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/settings')
  const card = page.getByRole('region', { name: 'shop' })
  await card.getByRole('button', { name: 'Change' }).click()
  await card
    .getByLabel(/installed by itself|by itself/i)
    .first()
    .selectOption('patch')
  await card.getByRole('button', { name: 'Save' }).click()
  await anna.sees(/Changed on this page:/)
  expect(await autoOf('shop')).toBe('patch')
  await page.getByRole('button', { name: 'shop: back to what the config file says' }).click()
  await page.getByText(/Changed on this page:/).waitFor({ state: 'detached' })
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when two people change the settings then the second is told, and nothing of the first is lost', async () => {
  await using anna = await Person.at(browser, host)
  await using bert = await Person.at(browser, host)
  for (const person of [anna, bert]) {
    await person.logIn('anna', '/settings')
    await person.page.getByRole('region', { name: 'shop' }).getByRole('button', { name: 'Change' }).click()
  }
  for (const [person, wanted] of [
    [anna, 'patch'],
    [bert, 'minor'],
  ] as const) {
    const card = person.page.getByRole('region', { name: 'shop' })
    await card
      .getByLabel(/by itself/i)
      .first()
      .selectOption(wanted)
    await card.getByRole('button', { name: 'Save' }).click()
    if (person === anna) await person.sees(/Changed on this page:/)
    else await card.getByRole('alert').waitFor()
  }
  expect(await autoOf('shop')).toBe('patch')
  await anna.page.getByRole('button', { name: 'shop: back to what the config file says' }).click()
  await anna.page.getByText(/Changed on this page:/).waitFor({ state: 'detached' })
  expect([...anna.complaints, ...bert.complaints]).toEqual([])
})

test('when a channel is added, tried and removed then each is said', async () => {
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/settings')
  await page.getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('team')
  await dialog.getByLabel('Kind').selectOption('slack')
  await dialog.getByLabel('Address').fill('https://127.0.0.1:9/secret-hook')
  await dialog.getByRole('button', { name: 'Save the channel' }).click()
  await anna.sees(/team is saved/)
  await page.getByRole('link', { name: 'Notifications' }).click()
  const row = page.getByRole('row', { name: /team/ })
  await row.getByRole('button', { name: 'Send a test' }).click()
  await row.getByRole('alert').waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()
  // What was typed in is never shown again.
  await page.getByRole('button', { name: 'Change the channel team' }).click()
  expect(await dialog.getByLabel('Address').inputValue()).toBe('')
  expect(await page.content()).not.toContain('secret-hook')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Silence: ops' }).click()
  await page.getByRole('button', { name: 'Let it speak again: ops' }).click()
  await page.getByRole('button', { name: 'Silence: ops' }).waitFor()
  await page.getByRole('button', { name: 'Remove the channel team' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await anna.sees('team is told nothing any more.')
  expect(anna.complaints).toEqual([])
})

test('when data is backed up and restored then the dialog states what that means, and the run is shown', async () => {
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/backups')
  const core = page.getByRole('region', { name: 'core' })
  await core.getByRole('button', { name: 'Back up now' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Back up now' }).click()
  await dialog.getByText('One backup was made and read back.').waitFor()
  await page.keyboard.press('Escape')
  await core.getByRole('button', { name: 'Restore' }).first().click()
  await dialog.getByText('Way back').waitFor()
  await dialog.getByText(/has written since then is replaced/).waitFor()
  await dialog.getByRole('button', { name: 'Restore it' }).click()
  await page.waitForURL(/\/runs\//)
  await anna.seesTheEnd()
  expect(await host.version('core')).toBe('1.0.1')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when an offer is dismissed then it is put aside, and the component still offers it', async () => {
  await using anna = await Person.at(browser, host)
  const { page } = anna
  await anna.logIn('anna', '/notifications')
  await page
    .getByRole('link', { name: /core.*1\.1\.0|1\.1\.0/ })
    .first()
    .click()
  await anna.sees('Faster')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await anna.sees('dismissed')
  await anna.go('/components/core')
  await anna.sees('Update to 1.1.0')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})

test('when somebody may only look then every view says so or shows what there is, and no request is refused', async () => {
  await using rita = await Person.at(browser, host)
  await rita.logIn('rita')
  for (const path of ['/', '/components/core', '/history', '/backups', '/notifications', '/host', '/settings']) {
    await rita.go(path)
    await rita.isQuiet()
    for (const name of [/^Update/, /^Back up/, /^Restore/, /^Change$/, /^Add/, /^Send a test/])
      expect(await rita.page.getByRole('button', { name }).count(), `${path} ${name.source}`).toBe(0)
  }
  expect([...rita.complaints, ...rita.refused]).toEqual([])
})

test('when an entry of the audit log was changed then the page says from which one on', async () => {
  await using broken = await Host.create([{ name: 'core', versions: ['1.0.0'] }])
  const log = new DatabaseSync(join(broken.state, 'audit.db'))
  // As somebody would who may write there.
  log.exec("DROP TRIGGER never_changed; UPDATE entries SET who = 'nobody' WHERE seq = 1")
  log.close()
  await using anna = await Person.at(browser, broken)
  await anna.logIn('anna', '/audit')
  await anna.sees('The log is not as it was written, from entry 1 on.')
  expect(anna.complaints).toEqual([])
})
