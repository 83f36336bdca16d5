import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { slotParts } from '../../../test/fakes/slots.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { OpenService, ServiceState } from '../../ports/service.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import type { OpenTraffic } from '../../ports/traffic.ts'
import { lookAtSlots, servingOf, slotPhases, slotWarnings, type SlotScene } from './look.ts'

const state = (running: boolean): ServiceState => ({
  found: true,
  running,
  state: running ? 'active' : 'inactive',
  pid: null,
  restarts: 0,
  since: null,
  user: null,
  paths: [],
})
const service = (slot: Slot) => ({ describe: `systemd crm@${slot}` }) as OpenService

function scene(running: readonly Slot[], more: Partial<SlotScene> = {}): SlotScene {
  const { settings, traffic } = slotParts()
  const abilities = { way: 'routes', weights: true, holds: false, lost: 'none' } as const
  return {
    settings,
    traffic,
    proxy: { describe: 'haproxy crm', abilities } as OpenTraffic,
    services: { blue: service('blue'), green: service('green') },
    states: { blue: state(running.includes('blue')), green: state(running.includes('green')) },
    main: running.length === 1 ? (running[0] ?? null) : null,
    active: running.length === 1 ? (running[0] ?? null) : null,
    boots: true,
    ...more,
  }
}
const phasesOf = (of: SlotScene, stands = false) => slotPhases(of, () => ({ fill: [], settled: [], stands }))

test('when one slot is served, then the other one is filled; when none is, then one in which nothing runs', () => {
  expect(phasesOf(scene(['blue']))).toMatchObject({ from: 'blue', to: 'green', occupied: false, warm: false })
  expect(phasesOf(scene(['green']))).toMatchObject({ from: 'green', to: 'blue' })
  expect(phasesOf(scene([]))).toMatchObject({ from: null, to: 'blue', boots: true })
})

test('when both run, then whoever is said to serve does; when nobody is, then one of them has to', () => {
  const states = scene(['blue', 'green']).states
  expect(servingOf(['green', 'blue'], states)).toBe('green')
  expect(servingOf([null, 'green'], states)).toBe('green')
  // One that is taken for nobody would never be let go.
  expect(servingOf([null, null], states)).toBe('blue')
  expect(servingOf(['blue', null], scene(['green']).states)).toBe('green')
  expect(servingOf(['blue', 'blue'], scene([]).states)).toBeNull()
})

test('when an earlier version still runs in the other slot, then it is in the way, unless it is the wanted one', () => {
  const both = scene(['blue', 'green'], { active: 'blue' })
  expect(phasesOf(both)).toMatchObject({ to: 'green', occupied: true, warm: false })
  expect(phasesOf(both, true)).toMatchObject({ occupied: true, warm: true })
})

test('when nothing is started at boot, then an update does not change that, and says so', () => {
  const never = scene(['blue'], { boots: false })
  expect(phasesOf(never)).toMatchObject({ boots: false })
  expect(slotWarnings(never)).toEqual([
    expect.stringContaining('systemd crm@blue nor systemd crm@green is started at boot'),
  ])
  for (const boots of [true, null]) expect(slotWarnings(scene(['blue'], { boots }))).toEqual([])
  expect(slotWarnings(scene([], { boots: false }))).toEqual([])
})

test('when the proxy sends people where nothing runs, then the plan says that nobody is served', () => {
  expect(slotWarnings(scene(['green'], { main: 'blue' }))).toEqual([
    'Nobody is served until this is done: haproxy crm sends to blue, where nothing runs, and only green runs.',
  ])
  expect(slotWarnings(scene(['green'], { main: null }))).toEqual([])
  expect(slotWarnings(scene([], { main: 'blue' }))).toEqual([])
})

test('when nothing tells who answered, then the plan says what counts', () => {
  const { settings } = slotParts()
  const anybody = scene(['blue'], { settings: { ...settings, identity: null } })
  expect(slotWarnings(anybody)).toEqual([expect.stringContaining('traffic.identify')])
})

async function listening(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it has no port')
  return { server, port: address.port }
}

/** Where each slot listens is what is asked of the host; all else is told. */
function looked(green: number, running: readonly Slot[], missing: Slot | null = null) {
  const { services, spec } = slotParts().traffic
  const { states } = scene(running)
  const slots = { blue: 1, green }
  const proxy = {
    kind: 'haproxy',
    abilities: { way: 'routes', weights: true, holds: false, lost: 'none' },
    complaints: async () => [],
    served: async () => ({ shares: { blue: 100, green: 0 }, persisted: { blue: 100, green: 0 } }),
  }
  const context = {
    component: 'crm',
    signal: new AbortController().signal,
    traffic: async () => proxy,
    service: async (ref: unknown) => {
      const slot = ref === services.blue ? 'blue' : 'green'
      return { ...service(slot), inspect: async () => ({ ...states[slot], found: slot !== missing }) }
    },
  } as unknown as StrategyContext
  return lookAtSlots({ ...spec, front: 'http://127.0.0.1:1/', slots }, services, null, context)
}

test('when another program has the port of the free slot, then nobody is sent to it: there is no plan', async () => {
  const { server, port } = await listening()
  await expect(looked(port, ['blue'])).rejects.toMatchObject({
    problem: {
      code: 'E_SLOT_UNFIT',
      message: `Another program listens at 127.0.0.1:${port}, where green is to listen.`,
    },
  })
  // The version before, which is on its way out.
  expect((await looked(port, ['blue', 'green'])).active).toBe('blue')
  server.close()
  await once(server, 'close')
  expect((await looked(port, ['blue'])).active).toBe('blue')
})

test('when there is no unit for a slot, then there is no plan', async () => {
  await expect(looked(2, ['blue'], 'green')).rejects.toMatchObject({
    problem: { code: 'E_SLOT_UNFIT', message: 'There is no systemd crm@green, which the slot green is to run.' },
  })
})
