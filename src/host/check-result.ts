import { type Facts, type Json, type Problem, problem } from '../core/model/problem.ts'
import type { CheckResult } from '../ports/check.ts'
import type { CheckStep } from '../core/plan/step.ts'

/** The two ends of a check, in the same words for all kinds. */
export function passed(facts: Facts): CheckResult {
  return { ok: true, facts }
}

/** `retryable`: the state may come by waiting, as a service that is still starting. */
export function failed(message: string, hint: string, facts: Facts = {}): CheckResult {
  return { ok: false, problem: problem('E_CHECK_FAILED', message, { hint, facts, retryable: true }) }
}

/** A failure that no waiting mends. */
export function failedForGood(message: string, hint: string, facts: Facts = {}): CheckResult {
  return { ok: false, problem: problem('E_CHECK_FAILED', message, { hint, facts, retryable: false }) }
}

/** A failure that something else already described, as a failed check: its own code stays in the facts. */
export function failedBy(cause: Problem, facts: Facts = {}): CheckResult {
  return failed(cause.message, cause.hint ?? 'See the message.', { ...cause.facts, ...facts, cause: cause.code })
}

function bareUnit(name: Json | undefined): string | null {
  return typeof name === 'string' ? name.replace(/\.service$/, '') : null
}

/**
 * A check may name its service (`service_name`, as update manifests do). It always looks at the component's own: a name
 * that means another one must not pass by looking at the wrong thing. null: they agree.
 */
export function otherService(step: CheckStep, serviceName: string | undefined): CheckResult | null {
  const own = bareUnit(step.service?.spec['unit'])
  if (serviceName === undefined || own === null || own === bareUnit(serviceName)) return null
  return failedForGood(
    `the check names the service "${serviceName}", but the component's service is "${own}"`,
    'Correct "service_name", or leave it out.',
    { service_name: serviceName, service: own },
  )
}
