import { fail } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { nobody, type Shares, sharesFor } from '../../core/traffic/slots.ts'
import type { Traffic, TrafficKind } from '../../ports/traffic.ts'
import { faults, lacks, notUnits, socketDown } from './complaints.ts'
import { heldBy } from './connections.ts'
import { type SocketTrafficConfig, socketTrafficSchema } from './schema.ts'
import { type Names, type Units, lookAt, namesOf, wakerOf } from './units.ts'

/**
 * A socket that systemd holds open and hands to both slots. Whoever is active takes connections from it; while nobody is, they wait
 * in the kernel. Nothing is switched: one starts to take, then the other ceases to.
 */
export function socketTraffic(): TrafficKind<SocketTrafficConfig> {
  return {
    kind: 'socket',
    config: socketTrafficSchema,
    describe: ({ unit }) => `socket ${unit}`,
    abilities: () => ({ way: 'shares', weights: false, holds: true, lost: 'none' }),
    resource: () => null,
    open: openSocket,
    complaints: complaintsOf,
  }
}

function openSocket(config: SocketTrafficConfig, ref: TrafficRef): Traffic {
  const known = (signal: AbortSignal) => unitsOf(config, ref, signal)
  return {
    async served(signal) {
      const { instances } = await known(signal)
      const { blue, green } = instances
      return { shares: between(blue.active, green.active), persisted: between(blue.enabled, green.enabled) }
    },
    // Nothing to change: who runs is who gets some.
    route: async () => {},
    async open(slot, signal) {
      const { socket, instances } = await known(signal)
      const { down, controlGroup } = instances[slot]
      return down ? 0 : heldBy(controlGroup, socket.listens)
    },
    // It always does, for as long as nobody takes: its queue is the kernel's, and needs nobody to let it go.
    async hold(_limitMs, signal) {
      await known(signal)
    },
    release: async () => {},
  }
}

function between(blue: boolean, green: boolean): Shares {
  if (blue && green) return sharesFor('blue', 50)
  return blue || green ? sharesFor(blue ? 'blue' : 'green', 100) : nobody
}

async function unitsOf(config: SocketTrafficConfig, ref: TrafficRef, signal: AbortSignal): Promise<Units> {
  const names = namesOf(config, ref)
  if (names === null)
    throw fail('E_TRAFFIC_CONFIG', notUnits, { hint: 'The guide of zero downtime has whole examples.' })
  const units = await lookAt(names, signal)
  const [lack] = lacks(names, units)
  if (lack !== undefined) {
    throw fail('E_TRAFFIC_CONFIG', lack, {
      hint: 'The guide of zero downtime has these units whole.',
      facts: { unit: names.socket },
    })
  }
  if (!units.socket.active) throw down(names)
  return units
}

function down(names: Names) {
  const { socket } = names
  return fail('E_TRAFFIC_UNREACHABLE', `${socket} is not open`, {
    hint: socketDown(names),
    retryable: true,
    facts: { unit: socket },
  })
}

async function complaintsOf(
  config: SocketTrafficConfig,
  ref: TrafficRef,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names = namesOf(config, ref)
  if (names === null) return [notUnits]
  const units = await lookAt(names, signal)
  const lacking = lacks(names, units)
  if (lacking.length > 0) return lacking
  const { twice, drain } = config
  const patience = { twice, requestsMs: drain.requests, streamsMs: drain.streams }
  return faults(names, units, await wakerOf(names, signal), patience)
}
