// needs: chromium
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, Person } from './support/browser.ts'
import { Host } from './support/host.ts'
import { Wire } from './support/wire.ts'

/** What a run looks like while things around it break. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

const gated = { name: 'core', versions: ['1.0.0', '1.0.1'], gated: true }

test('when the page is loaded again in the middle of a run, or its address is sent to somebody, then the same is there', async () => {
  await using host = await Host.create([gated], { anna: 'admin', rita: 'read' })
  await using anna = await Person.at(browser, host)
  await anna.logIn('anna', '/components/core')
  await anna.update('1.0.1')
  await anna.sees('under way')
  const address = new URL(anna.page.url()).pathname
  await anna.page.reload()
  await anna.sees('under way')
  await using rita = await Person.at(browser, host)
  await rita.logIn('rita', address)
  await rita.sees('under way')
  expect(await rita.page.getByRole('button', { name: 'Stop and go back' }).count()).toBe(0)
  await host.open('core')
  await anna.seesTheEnd()
  await rita.seesTheEnd()
  expect(await host.version('core')).toBe('1.0.1')
  expect([...anna.complaints, ...rita.complaints]).toEqual([])
})

test('when the network is lost and comes back then that is said, and nothing of the run is missed', async () => {
  await using host = await Host.create([gated])
  await using wire = await Wire.to(host)
  await using anna = await Person.at(browser, host, { url: wire.url })
  await anna.logIn('anna', '/components/core')
  await anna.update('1.0.1')
  await anna.sees('under way')
  wire.cut()
  await anna.sees('Belay cannot be reached.')
  await host.open('core')
  await expect.poll(() => host.version('core')).toBe('1.0.1')
  wire.mend()
  await anna.seesTheEnd()
  await anna.page.getByText('Belay cannot be reached.').waitFor({ state: 'detached' })
  expect(anna.complaints).toEqual([])
})

test('when the agent is killed in the middle of a run and started again then the page goes on, and the run ends', async () => {
  await using host = await Host.create([gated])
  await using anna = await Person.at(browser, host)
  await anna.logIn('anna', '/components/core')
  await anna.update('1.0.1')
  await anna.sees('under way')
  const address = anna.page.url()
  await host.kill()
  await anna.sees(/Belay cannot be reached|The agent is restarting/)
  await host.open('core')
  await host.start()
  // What was left behind is finished, or put back: here nothing had been stopped yet, and it is said which.
  await anna.seesTheEnd()
  await anna.page.getByText(/Belay cannot be reached|The agent is restarting/).waitFor({ state: 'detached' })
  expect(anna.page.url()).toBe(address)
  expect(['1.0.0', '1.0.1']).toContain(await host.version('core'))
  expect(anna.complaints).toEqual([])
})

test('when an update is begun on the command line then the page shows it', async () => {
  await using host = await Host.create([gated])
  await using anna = await Person.at(browser, host)
  await anna.logIn('anna')
  const asked = host.belay(['update', 'core', '--yes']).catch((error: unknown) => String(error))
  await anna.page.getByText('Watch the run').first().click()
  await anna.page.waitForURL(/\/runs\//)
  await anna.sees('under way')
  await host.open('core')
  await anna.seesTheEnd()
  await asked
  expect(await host.version('core')).toBe('1.0.1')
  expect(anna.complaints).toEqual([])
})

test('when somebody stops an update that they began then everything is as before', async () => {
  await using host = await Host.create([gated])
  await using anna = await Person.at(browser, host)
  await anna.logIn('anna', '/components/core')
  await anna.update('1.0.1')
  await anna.sees('under way')
  await anna.page.getByRole('button', { name: 'Stop and go back' }).click()
  await anna.seesTheEnd()
  expect(await host.version('core')).toBe('1.0.0')
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})
