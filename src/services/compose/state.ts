import { standing } from '../../host/containers/standing.ts'
import type { Container, Health } from '../../host/containers/types.ts'
import type { ServiceState } from '../../ports/service.ts'

const healthOrder: readonly (Health | null)[] = ['unhealthy', 'starting', 'healthy', null]

/**
 * Several containers as one service: it runs when every one of `services` has containers and all of them run; its
 * health is that of the worst.
 */
export function stateOf(
  services: readonly string[],
  found: readonly Container[],
  paths: readonly string[],
): ServiceState {
  const containers = standing(found)
  const missing = services.find((service) => !containers.some((container) => container.service === service))
  const failing = containers.find(({ state }) => state !== 'running')
  const worst = containers.toSorted((a, b) => healthOrder.indexOf(a.health) - healthOrder.indexOf(b.health))[0]
  const running = missing === undefined && failing === undefined
  const starts = containers.flatMap(({ startedMs }) => startedMs ?? [])
  return {
    found: containers.length > 0,
    running,
    state: missing !== undefined && containers.length > 0 ? `${missing} has no container` : wordOf(failing ?? worst),
    over: containers.some(({ over }) => over),
    pid: running ? (containers[0]?.pid ?? null) : null,
    restarts: containers.reduce((sum, { restarts }) => sum + restarts, 0),
    since: running && starts.length > 0 ? Math.max(...starts) : null,
    user: null,
    paths,
    names: containers.map(({ name }) => name),
    health: worst?.health ?? null,
    healthOutput: worst === undefined ? null : outputOf(worst, services.length > 1),
    exitCode: failing?.exitCode ?? null,
  }
}

/** Of several services it says which one is not well. */
function outputOf({ service, health, healthOutput }: Container, several: boolean): string | null {
  if (!several || health === 'healthy' || health === null) return healthOutput
  return healthOutput === null || healthOutput === '' ? service : `${service}: ${healthOutput}`
}

/** The engine's own word, with what explains it. */
function wordOf(container: Container | undefined): string {
  if (container === undefined) return 'no container'
  const { state, exitCode, service } = container
  return exitCode === null ? state : `${service} ${state} with ${exitCode}`
}
