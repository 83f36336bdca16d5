import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packApp } from '../../crash/support/app.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { belay, cli, installed } from '../faults/support/installed.ts'
import { Agent, servicePid, until } from './support/agent.ts'
import { gated, openGate, patient } from './support/patient.ts'

/** The agent as a daemon, with real signals, real kills, and a real server of releases. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases((dir) => packApp(dir, '1.0.2', 1))
})
afterAll(() => releases.close())

/** `gate`: an update waits in its middle until that is open. */
function world(auto: string, gate = false): Promise<World> {
  return installed({
    releases: releases.url,
    app: (app) => ({
      ...patient(app),
      source: { ...(app['source'] as object), prereleases: false },
      strategy: { ...app.strategy, prepare: [] },
      policy: { auto },
      check: { after_start: '0s', jitter: '0s' },
    }),
  }).then(async (made) => {
    const config = JSON.parse(await readFile(made.configFile, 'utf8')) as {
      components: { app: { strategy: { prepare: unknown } } }
    }
    if (gate) config.components.app.strategy.prepare = gated(made.dir)
    await writeFile(made.configFile, JSON.stringify(config))
    return made
  })
}

test('when the policy lets patches be installed then the newest patch is, and nothing beyond it', async () => {
  const here = await world('patch')
  try {
    await using agent = new Agent(here)
    await agent.says(/ended committed/)
    expect((await here.look()).version).toBe('1.0.2')
    expect(await agent.stop()).toBe(0)
    const runs = await belay(here, (open) => open.runs())
    expect(runs.map(({ to, outcome }) => [to, outcome])).toEqual([
      ['1.0.2', 'committed'],
      ['1.0.0', 'committed'],
    ])
  } finally {
    await here.remove()
  }
})

test('when a second agent is started on one state folder then it says who holds it, and ends with 1', async () => {
  const here = await world('none')
  try {
    await using first = new Agent(here)
    await first.says(/started, with 1 component/)
    await using second = new Agent(here)
    expect(await second.ended).toBe(1)
    expect(second.said).toMatch(/Another agent runs on this state folder[^]*process \d+/)
    first.signal('SIGKILL')
    await first.ended
    await using third = new Agent(here)
    await third.says(/started/)
  } finally {
    await here.remove()
  }
})

test('when the config is read again then a wrong one is told with its place and changes nothing, a right one holds', async () => {
  const here = await world('none')
  try {
    const absent = await cli(here, ['reload'])
    expect([absent.code, absent.json.error?.code]).toEqual([1, 'E_AGENT_ABSENT'])
    await using agent = new Agent(here)
    await agent.says(/started/)
    const right = await readFile(here.configFile, 'utf8')

    await writeFile(here.configFile, right.replace('"version":1', '"version":2'))
    agent.signal('SIGHUP')
    await agent.says(/old config stays in force: E_CONFIG_INVALID .*belay\.json:1:\d+ version/)
    const refused = await cli(here, ['reload'])
    expect([refused.code, refused.json.error?.code]).toEqual([2, 'E_CONFIG_INVALID'])
    expect((await here.look()).version).toBe('1.0.0')

    await writeFile(here.configFile, right.replace('"auto":"none"', '"auto":"patch"'))
    const taken = await cli(here, ['reload'])
    expect(taken.code, taken.stderr).toBe(0)
    await agent.says(/ended committed/)
    expect((await here.look()).version).toBe('1.0.2')
  } finally {
    await here.remove()
  }
})

test('when it is asked to stop during a run then the run is undone first', async () => {
  const here = await world('patch', true)
  try {
    const before = await here.look()
    await using agent = new Agent(here, ['--log-level', 'debug'])
    await agent.says(/update from 1\.0\.0/)
    await agent.says(/step 3 running/)
    expect(await agent.stop()).toBe(0)
    expect(agent.said).toMatch(/ended (failed|rolled-back): E_CANCELLED/)
    expect(await here.look()).toEqual(before)
    const [status] = await belay(here, (open) => open.status())
    expect(status).toMatchObject({ unfinished: null, installed: '1.0.0' })
  } finally {
    await here.remove()
  }
})

test('when it is killed during a run then the next one finishes what it finds', async () => {
  const here = await world('patch', true)
  try {
    await using killed = new Agent(here, ['--log-level', 'debug'])
    await killed.says(/step 3 running/)
    killed.signal('SIGKILL')
    await killed.ended
    expect((await belay(here, (open) => open.status()))[0]?.unfinished).not.toBeNull()
    await openGate(here.dir)
    await using next = new Agent(here)
    await next.says(/resuming: update from 1\.0\.0[^]*ended/)
    await next.says(/ended committed/)
    expect((await here.look()).version).toBe('1.0.2')
  } finally {
    await here.remove()
  }
})

test('when a service of its own is killed then it is back in the same version, and it outlives the agent', async () => {
  const here = await world('none')
  try {
    await using agent = new Agent(here)
    await agent.says(/started/)
    const before = await servicePid(here)
    process.kill(before, 'SIGKILL')
    await agent.says(/its service had died and was started again/)
    await until(async () => (await servicePid(here)) !== before)
    expect((await here.look()).version).toBe('1.0.0')
    await agent.stop()
    // It outlives the agent.
    expect((await here.look()).version).toBe('1.0.0')
  } finally {
    await here.remove()
  }
})
