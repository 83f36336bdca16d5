import type { Facts } from '../../core/model/problem.ts'
import { failed, failedForGood, otherService, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import type { Service, ServiceState } from '../../ports/service.ts'
import { type ServiceActiveConfig, serviceActiveSchema } from './schema.ts'

const lookEveryMs = 500

function factsOf({ state, pid, restarts }: ServiceState, stableMs: number) {
  return { state, pid, restarts, stable_ms: Math.round(stableMs) }
}

function restarted(first: ServiceState, now: ServiceState): boolean {
  return now.restarts !== first.restarts || now.pid !== first.pid
}

const hint = 'Its log says why: see the last lines in "belay show", or ask the service manager.'

/** Why it does not run. What has ended for good is not waited for: all of that would be outage. */
function notRunning(state: ServiceState, message: string, facts: Facts): CheckResult {
  return state.over === true ? failedForGood(message, hint, facts) : failed(message, hint, facts)
}

/** Watches from the first look on: what ran before it may already have been the last seconds of a loop. */
async function watch(
  service: Service,
  stableMs: number,
  context: CheckContext,
  signal: AbortSignal,
): Promise<CheckResult> {
  const first = await service.inspect()
  if (!first.running) return notRunning(first, `the service is not running (${first.state})`, factsOf(first, 0))
  const begun = context.now()
  for (let watchedMs = 0; watchedMs < stableMs; ) {
    const pauseMs = Math.min(lookEveryMs, stableMs - watchedMs)
    await context.sleep(pauseMs, signal)
    watchedMs += pauseMs
    const now = await service.inspect()
    const facts = { ...factsOf(now, watchedMs), watched_ms: Math.max(0, context.now() - begun) }
    if (!now.running) return notRunning(now, `the service stopped again (${now.state})`, facts)
    if (restarted(first, now)) return failed('the service keeps restarting', hint, facts)
  }
  return passed(factsOf(first, stableMs))
}

async function run(config: ServiceActiveConfig, context: CheckContext, signal: AbortSignal): Promise<CheckResult> {
  if (context.service === null) {
    return failedForGood(
      'the component has no service that could run',
      'Name its service under "strategy", or remove this check.',
    )
  }
  const other = otherService(context.step, config.service_name)
  return other ?? watch(context.service, config.stable_seconds * 1000, context, signal)
}

/** The service runs, and has gone on running without a restart for `stable_seconds`. */
export function serviceActiveCheck(): Check<ServiceActiveConfig> {
  return {
    kind: 'service_active',
    config: serviceActiveSchema,
    describe: ({ stable_seconds }) => `the service stays active for ${stable_seconds} s`,
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run,
  }
}
