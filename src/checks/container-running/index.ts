import { failed, failedForGood, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import type { Service, ServiceState } from '../../ports/service.ts'
import { type ContainerRunningConfig, containerRunningSchema } from './schema.ts'

const lookEveryMs = 500
const hint = 'Its log says why: see the last lines in "belay show", or "docker logs".'

function factsOf({ state, health, healthOutput, restarts }: ServiceState) {
  return { state, restarts, health: health ?? null, health_output: healthOutput ?? null }
}

/** null: it may still become what it must be. */
function fault(now: ServiceState, first: ServiceState): CheckResult | null {
  const facts = factsOf(now)
  if (now.restarts !== first.restarts) return failed(`the container keeps restarting (${now.state})`, hint, facts)
  if (!now.running)
    return (now.over === true ? failedForGood : failed)(`the container is not running (${now.state})`, hint, facts)
  // Its health check has its own patience, and that is over.
  if (now.health === 'unhealthy') return failedForGood(`the container is unhealthy${said(now)}`, hint, facts)
  if (now.health === 'starting') return failed(`its health check has not passed yet${said(now)}`, hint, facts)
  return null
}

function said({ healthOutput }: ServiceState): string {
  return healthOutput === null || healthOutput === undefined || healthOutput === '' ? '' : `: ${healthOutput}`
}

/** Watches from the first look on: a container that restarts is running every time somebody happens to look (D7). */
async function watch(
  service: Service,
  stableMs: number,
  context: CheckContext,
  signal: AbortSignal,
): Promise<CheckResult> {
  const first = await service.inspect()
  const wrong = fault(first, first)
  if (wrong !== null) return wrong
  for (let watchedMs = 0; watchedMs < stableMs; ) {
    const pauseMs = Math.min(lookEveryMs, stableMs - watchedMs)
    await context.sleep(pauseMs, signal)
    watchedMs += pauseMs
    const later = fault(await service.inspect(), first)
    if (later !== null) return later
  }
  return passed({ ...factsOf(first), stable_ms: stableMs })
}

async function run(config: ContainerRunningConfig, context: CheckContext, signal: AbortSignal): Promise<CheckResult> {
  if (context.service === null || context.step.service?.spec.type !== 'compose') {
    return failed(
      'the component has no container',
      'Use service_active for services that are none, or remove this check.',
    )
  }
  return watch(context.service, config.stable_seconds * 1000, context, signal)
}

/**
 * Every container of the component runs, has gone on running without a restart for `stable_seconds`, and is healthy
 * where it has a health check. The containers are those of the component, found by their labels, never by a part of a name.
 */
export function containerRunningCheck(): Check<ContainerRunningConfig> {
  return {
    kind: 'container_running',
    config: containerRunningSchema,
    describe: ({ stable_seconds }) => `the container stays up and healthy for ${stable_seconds} s`,
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run,
  }
}
