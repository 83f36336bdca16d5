import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { publishReleases, type Releases, type World } from '../crash/support/world.ts'
import { collector, type Received } from '../fakes/collector.ts'
import { Agent, until } from './agent/support/agent.ts'
import { illSeconds, patient } from './agent/support/patient.ts'
import { cli, installed } from './faults/support/installed.ts'

let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

async function tracing(world: World, endpoint: string): Promise<void> {
  const token = join(world.dir, 'token')
  await writeFile(token, 'Bearer planted\n')
  await world.configure(releases.url, (config) => ({
    ...config,
    components: { app: patient(config.components.app, illSeconds) },
    agent: { ...config.agent, traces: { endpoint: `${endpoint}/`, headers: { authorization: { file: token } } } },
  }))
}

function attribute(received: Received | undefined, span: number, key: string): unknown {
  const found = received?.spans[span]?.attributes.find((one) => one.key === key)
  return found === undefined ? undefined : Object.values(found.value)[0]
}

test('when a command updates then its run is told as a trace before it ends, and one that goes back as an error', async ({
  expect,
}) => {
  await using server = await collector()
  const world = await installed({ releases: releases.url, app: (app) => patient(app) })
  try {
    await tracing(world, server.url)
    const good = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
    expect([good.code, good.stderr]).toEqual([0, expect.not.stringContaining('trace')])
    const bad = await cli(world, ['update', 'app', '--to', '1.2.0-broken', '--yes'])
    expect(bad.code).toBe(3)
    const [first, second, ...more] = server.received
    expect(more).toEqual([])
    expect(first?.headers.authorization).toBe('Bearer planted')
    for (const [received, run, outcome] of [
      [first, good.json.run, 'committed'],
      [second, bad.json.run, 'rolled-back'],
    ] as const) {
      expect(attribute(received, 0, 'belay.run')).toBe(run)
      expect(attribute(received, 0, 'belay.outcome')).toBe(outcome)
      const [root, ...steps] = received?.spans ?? []
      const times = (one: typeof root) =>
        [BigInt(one?.startTimeUnixNano ?? 0), BigInt(one?.endTimeUnixNano ?? 0)] as const
      const [from, to] = times(root)
      expect(steps.map(times).every(([start, end]) => from <= start && start <= end && end <= to)).toBe(true)
      expect(
        steps.every(({ parentSpanId, traceId }) => parentSpanId === root?.spanId && traceId === root?.traceId),
      ).toBe(true)
    }
    const names = second?.spans.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['update app', 'apply stop', 'apply check', 'undo stop']))
    expect(second?.spans[0]?.status).toEqual({ code: 2, message: 'E_CHECK_FAILED' })
    expect(attribute(second, 0, 'error.type')).toBe('E_CHECK_FAILED')
  } finally {
    await world.remove()
  }
})

test('when nobody takes the trace then the outcome and the code are the same, two seconds later at most, with one warning', async ({
  expect,
}) => {
  await using server = await collector('silence')
  const world = await installed({ releases: releases.url, app: (app) => patient(app) })
  try {
    await tracing(world, server.url)
    const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
    expect([said.code, said.json.outcome]).toEqual([0, 'committed'])
    expect(said.stderr.match(/the trace of this run was not sent/g)).toHaveLength(1)
    expect(said.stderr).not.toContain('planted')
  } finally {
    await world.remove()
  }
})

test('when an update was killed and the agent finished it then both are one trace, with the pause between', async ({
  expect,
}) => {
  await using server = await collector()
  const world = await installed({ releases: releases.url, app: (app) => patient(app) })
  try {
    await tracing(world, server.url)
    expect((await world.run('update 1.0.1', { kill: 'after:8' })).signal).toBe('SIGKILL')
    expect(server.seen).toEqual([])
    await using agent = new Agent(world)
    await agent.says(/ended (?:committed|rolled-back|failed)/)
    await until(async () => server.received.length > 0)
    expect(await agent.stop()).toBe(0)
    expect(server.received).toHaveLength(1)
    const [received] = server.received
    const outcome = /ended (\S+)/.exec(agent.said)?.[1]?.replace(':', '')
    expect(attribute(received, 0, 'belay.outcome')).toBe(outcome)
    expect(received?.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['update app', 'apply download']))
  } finally {
    await world.remove()
  }
})
