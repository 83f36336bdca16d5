// needs: chromium, haproxy
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../examples/demo/free-port.ts'
import { Agent } from '../agent/support/agent.ts'
import { type Config, quick, SlotWorld } from '../traffic/world.ts'
import { openBrowser, Person } from './support/browser.ts'
import { password } from './support/host.ts'

const program = resolve(import.meta.dirname, '../../../bin/belay')

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** Two slots behind a real proxy, an agent that answers at `url`, and anna. */
async function served() {
  const port = await freePort()
  const world = await SlotWorld.create('haproxy', (config: Config) => {
    Object.assign(quick(config).components.app.strategy.traffic, { keep_warm: '10m' })
    Object.assign(config.components.app, { check: { after_start: '0s', jitter: '0s' }, policy: { auto: 'none' } })
    return { ...config, agent: { ...config.agent, listen: `127.0.0.1:${port}` } }
  })
  const at = ['-c', world.configFile, '--state', world.state]
  execFileSync(program, [...at, 'user', 'add', 'anna', '--scope', 'admin'], { input: `${password}\n` })
  return { world, url: `http://127.0.0.1:${port}` }
}

test('when a version is switched without an outage then the plan promises it, the run says what was seen, and the old one is told of', async () => {
  const { world, url } = await served()
  await using _ = world
  expect((await world.run('update 1.0.0')).reports[0]?.outcome).toBe('committed')
  await using agent = new Agent(world)
  await agent.says(/answering at/)
  await using anna = await Person.at(browser, { url })
  const { page } = anna
  await anna.logIn('anna', '/components/app')
  await page.getByText('Update to 1.2.0').first().click()
  const plan = page.getByRole('dialog')
  await plan.getByText(/^No request is lost\. Open streams stay with the old version/).waitFor()
  expect(await plan.locator('.step-caption').allTextContents()).toEqual(['While it runs'])
  await plan.getByRole('button', { name: 'Update to 1.2.0' }).click()
  await page.waitForURL(/\/runs\//)
  await anna.seesTheEnd()
  await anna.sees(/^\d+ requests at the front door meanwhile: none failed/)
  await anna.go('/components/app')
  await anna.sees(/^kept running to be switched back to; that ends in \d+ minutes/)
  expect(await world.seen()).toEqual({ version: '1.2.0', running: ['blue', 'green'], current: 'releases/1.2.0' })
  expect([...anna.complaints, ...anna.refused]).toEqual([])
})
