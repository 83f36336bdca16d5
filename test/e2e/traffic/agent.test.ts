// needs: haproxy
import { expect, test } from 'vitest'
import { Agent, until } from '../agent/support/agent.ts'
import { type Config, quick, SlotWorld } from './world.ts'

const keptWarm = (config: Config): Config => {
  Object.assign(quick(config).components.app.strategy.traffic, { keep_warm: '3s' })
  Object.assign(config.agent, { listen: 'off' })
  return config
}

test('when belay dies after a switch, then a later agent ends the old version, and starts the new one again when that dies', async () => {
  await using world = await SlotWorld.create('haproxy', keptWarm)
  expect((await world.run('update 1.0.0')).reports[0]?.outcome).toBe('committed')
  const { output } = await world.run('update 1.1.0')
  // The last ones tidy up.
  const appends = Number(/APPENDS (\d+)/.exec(output)?.[1] ?? 0) - 3
  await world.run('retire')
  const killed = await world.run('update 1.2.0', { kill: `before:${appends}` })
  expect(killed.signal, killed.output).toBe('SIGKILL')
  expect(await world.seen()).toMatchObject({ version: '1.2.0', running: ['blue', 'green'] })
  await using _ = new Agent(world)
  await until(async () => (await world.running()).length === 1)
  const [slot] = await world.running()
  if (slot === undefined) throw new Error('nothing runs')
  const before = await world.pids(slot)
  for (const pid of before) process.kill(pid, 'SIGKILL')
  await until(async () => (await world.seen()).version === '1.2.0')
  expect(await world.pids(slot)).not.toEqual(before)
  expect(await world.running()).toEqual([slot])
})

test("when belay's own forwarder dies, then people come through again, with the agent or without it", async () => {
  await using world = await SlotWorld.create('builtin', keptWarm)
  expect((await world.run('update 1.0.0')).reports[0]?.outcome).toBe('committed')
  await world.endForwarder()
  await using _ = new Agent(world)
  await until(async () => (await world.seen()).version === '1.0.0')
})
