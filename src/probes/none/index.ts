import type { Probe } from '../../ports/probe.ts'
import { type NoneProbeConfig, noneProbeSchema } from './schema.ts'

/** Nothing tells the version: it is unknown, and never called older. */
export function noneProbe(): Probe<NoneProbeConfig> {
  return { kind: 'none', config: noneProbeSchema, describe: () => 'nothing', live: false, read: async () => null }
}
