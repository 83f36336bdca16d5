import { problemOf } from '../../core/model/problem.ts'
import { failed, failedBy, failedForGood, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import type { Service, ServiceState } from '../../ports/service.ts'
import { type ContainerRunningConfig, containerRunningSchema } from './schema.ts'

const lookEveryMs = 500
/**
 * One that waits for another service may end a few times before it stays; an engine waits twice as long before each next
 * start. After so many it is a loop, and all of the check's patience would be outage.
 */
const loopRestarts = 6
const hint = 'What it wrote to its log stands in "belay show", as far as it wrote anything.'

function factsOf({ state, health, healthOutput, restarts }: ServiceState) {
  return { state, restarts, health: health ?? null, health_output: healthOutput ?? null }
}

/** null: it may still become what it must be. */
function fault(now: ServiceState, first: ServiceState): CheckResult | null {
  const facts = factsOf(now)
  const looping = now.restarts >= loopRestarts
  // Another start that the engine did not count is one, too: of the engine itself, or by hand.
  if (now.restarts !== first.restarts || (now.running && now.since !== first.since))
    return (looping ? failedForGood : failed)(`the container keeps restarting (${now.state})`, hint, facts)
  if (!now.running && looping)
    return failedForGood(`the container ended ${now.restarts} times in a row (${now.state})`, hint, facts)
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

/** A manifest may name a container, or its service. A name that means another one must not pass by looking at the wrong thing. */
function otherContainer(name: string, context: CheckContext, { names = [] }: ServiceState): CheckResult | null {
  const services = context.step.service?.spec['services']
  const known = [...(Array.isArray(services) ? services : []), ...names]
  if (known.includes(name)) return null
  return failedForGood(
    `the check names the container "${name}", but those of the component are ${known.join(', ')}`,
    'Correct "container_name", or leave it out.',
    { container_name: name, containers: known },
  )
}

/** An engine that is being restarted comes back within the check's timeout, or fails it. */
async function unlessEngineIsAway(ask: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await ask()
  } catch (error) {
    const cause = problemOf(error)
    if (!cause.retryable) throw error
    return failedBy(cause)
  }
}

/** Watches from the first look on: a container that restarts is running every time somebody happens to look (D7). */
async function watch(
  service: Service,
  { container_name, stable_seconds }: ContainerRunningConfig,
  context: CheckContext,
  signal: AbortSignal,
): Promise<CheckResult> {
  const stableMs = stable_seconds * 1000
  const first = await service.inspect()
  const other = container_name === undefined ? null : otherContainer(container_name, context, first)
  const wrong = fault(first, first) ?? other
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
  const { service } = context
  if (service === null || context.step.service?.spec.type !== 'compose') {
    return failedForGood(
      'the component has no container',
      'Use service_active for services that are none, or remove this check.',
    )
  }
  return unlessEngineIsAway(() => watch(service, config, context, signal))
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
