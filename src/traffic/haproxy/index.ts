import type { TrafficRef } from '../../core/plan/step.ts'
import type { Traffic, TrafficKind } from '../../ports/traffic.ts'
import { complaints } from './complaints.ts'
import { ask, openAt, route, servedOf } from './runtime.ts'
import { type HaproxyConfig, haproxySchema, stateFileOf } from './schema.ts'

/**
 * Two servers of one backend, of which one is drained by the runtime API. That change is gone with the process, so it is written into
 * the state file first, which the administrator's config has two lines for: HAProxy reads it at every start and reload, whoever
 * begins that, before it takes a connection. It holds what `show servers state` tells, and nothing else of the config.
 */
export function haproxyTraffic(): TrafficKind<HaproxyConfig> {
  return {
    kind: 'haproxy',
    config: haproxySchema,
    describe: ({ backend }) => `haproxy ${backend}`,
    abilities: () => ({ way: 'routes', weights: true, holds: false, lost: 'none' }),
    resource: (config) => `path:${stateFileOf(config)}`,
    open,
    complaints,
  }
}

function open(config: HaproxyConfig, ref: TrafficRef): Traffic {
  return {
    served: async (signal) => servedOf(config, await ask(config, ref, signal)),
    route: (shares, signal) => route(config, ref, shares, signal),
    open: (slot, signal) => openAt(config, ref, slot, signal),
  }
}
