import type { Probe } from '../../ports/probe.ts'
import { type NoneProbeConfig, noneProbeSchema } from './schema.ts'

/** Nothing tells the version: what the strategy knows is all there is. */
export function noneProbe(): Probe<NoneProbeConfig> {
  return {
    kind: 'none',
    config: noneProbeSchema,
    describe: () => 'no version probe',
    live: false,
    read: async () => null,
  }
}
