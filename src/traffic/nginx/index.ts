import type { TrafficRef } from '../../core/plan/step.ts'
import type { Traffic, TrafficKind } from '../../ports/traffic.ts'
import { complaints } from './complaints.ts'
import { openAt, route, servedOf } from './runtime.ts'
import { type NginxConfig, nginxSchema, placesOf } from './schema.ts'

/**
 * nginx looks for a file at every request, and takes one upstream or the other. A switch is one link, which is on disk and in force at
 * the same moment, and stays so whoever reloads or restarts nginx. Not a reload: the workers that one ends close the connections that
 * are idle, and whoever sends at that very moment gets no answer; with 40 people that was one in some thousand requests.
 */
export function nginxTraffic(): TrafficKind<NginxConfig> {
  return {
    kind: 'nginx',
    config: nginxSchema,
    describe: ({ upstream }) => `nginx ${upstream}`,
    abilities: () => ({ way: 'routes', weights: true, holds: false, lost: 'none' }),
    resource: (config) => `path:${placesOf(config).shares}`,
    open,
    complaints,
  }
}

function open(config: NginxConfig, ref: TrafficRef): Traffic {
  return {
    served: (signal) => servedOf(config, ref, signal),
    route: (shares, signal) => route(config, ref, shares, signal),
    open: (slot) => openAt(config, ref, slot),
  }
}
