import type { Service, ServiceKind } from '../../ports/service.ts'
import { type NoServiceConfig, noServiceSchema } from './schema.ts'

const nothing: Service = {
  inspect: async () => ({
    found: true,
    running: false,
    state: 'none',
    pid: null,
    restarts: 0,
    since: null,
    user: null,
    paths: [],
  }),
  start: async () => {},
  stop: async () => {},
  reload: async () => {},
  relocation: async () => null,
  logs: async () => [],
}

/** Nothing runs, or something that belay does not manage: whoever installed it restarts it. */
export function noServices(): ServiceKind<NoServiceConfig> {
  return {
    kind: 'none',
    config: noServiceSchema,
    resource: () => null,
    describe: () => 'no service',
    open: () => nothing,
    guard: null,
  }
}
