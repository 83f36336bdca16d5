import { nobody } from '../../core/traffic/slots.ts'
import type { TrafficKind } from '../../ports/traffic.ts'
import { type NoTrafficConfig, noTrafficSchema } from './schema.ts'

/** Nothing stands in front: one version after the other, and the plan says how long nobody is served. */
export function noTraffic(): TrafficKind<NoTrafficConfig> {
  return {
    kind: 'none',
    config: noTrafficSchema,
    describe: () => 'no proxy',
    abilities: () => ({ way: 'none', weights: false, holds: false, lost: 'unknown' }),
    resource: () => null,
    open: () => ({
      served: async () => ({ shares: nobody, persisted: nobody }),
      route: async () => {},
      open: async () => null,
    }),
  }
}
