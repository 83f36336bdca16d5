// Pictures of the page for the guide and the README, of a host made for it: node test/e2e/page/screenshots.ts
import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { commandFile } from '../../../scripts/test/requirements.ts'
import { openBrowser, Person, type View } from './support/browser.ts'
import { Host } from './support/host.ts'

const images = resolve(import.meta.dirname, '../../../docs/images')
/** Seen in the pictures; it must not be there yet. */
const place = '/srv/apps'

const notes = {
  '1.0.5': '- Zones keep their order after a restart.\n',
  '1.1.0':
    '## Faster start\n\n- Zones are loaded **while** the service starts: about 1.4 s instead of 6 s.\n- The schedule page remembers its filter.\n- Fixed: a fixture without a zone stopped the export.\n',
}

await mkdir(images, { recursive: true })
await mkdir(place)
const browser = await openBrowser()
const host = await Host.create(
  [
    { name: 'core', versions: ['1.0.4', '1.0.5', '1.1.0'], gated: true, notes },
    { name: 'helpdesk', versions: ['2026.9', '2026.10-broken'] },
    { name: 'remote', versions: ['1.2.0'] },
    { name: 'scheduler', versions: ['3.4.1'] },
  ],
  { anna: 'admin' },
  {},
  place,
)

async function picture(name: string, view: View, path: string, then: (anna: Person) => Promise<void>): Promise<void> {
  await using anna = await Person.at(browser, host, { width: 1200, height: 780, ...view })
  await anna.logIn('anna', path)
  await then(anna)
  await anna.isQuiet()
  const file = join(images, `${name}.png`)
  await anna.page.screenshot({ path: file })
  // Smaller where the program is there; nothing is lost.
  const optipng = commandFile('optipng')
  if (optipng !== null) await promisify(execFile)(optipng, ['-quiet', '-o5', '-strip', 'all', file])
}

try {
  await host.belay(['update', 'helpdesk', '--yes']).catch(() => null)
  await host.belay(['check', '--force'])
  await picture('overview', {}, '/', async (anna) => anna.sees('Update to 1.1.0'))
  await picture('overview-dark', { scheme: 'dark' }, '/', async (anna) => anna.sees('Update to 1.1.0'))
  await picture('plan', {}, '/components/core', async ({ page }) => {
    await page.getByText('Update to 1.1.0').first().click()
    await page.getByRole('dialog').getByText('Way back').waitFor()
  })
  await picture('rolled-back', {}, '/history', async (anna) => {
    await anna.page
      .getByRole('row', { name: /helpdesk.*rolled back/ })
      .getByRole('link')
      .first()
      .click()
    await anna.seesTheEnd()
  })
  await picture('phone', { width: 390, height: 780, scheme: 'dark' }, '/', async (anna) => anna.sees('Update to 1.1.0'))
  await picture('run', {}, '/components/core', async (anna) => {
    await anna.update('1.1.0')
    await anna.sees('under way')
  })
  await host.open('core')
} finally {
  await host.remove()
  await browser.close()
}
