import type { ZodType } from 'zod'
import type { CheckStep } from '../core/plan/step.ts'
import type { Facts, Problem } from '../core/model/problem.ts'
import type { Service } from './service.ts'

/** What a check may look at. The service and the probe are opened from the step, never from the config. */
export interface CheckContext {
  readonly step: CheckStep
  readonly service: Service | null
  /** Reads the installed version; null: unknown. */
  readonly installedVersion: () => Promise<string | null>
  /** Verified backups of the component and kept slots, for `backup_exists`; ages in milliseconds. */
  readonly wayBackAgesMs: () => Promise<readonly number[]>
  readonly runAs: string | null
  readonly now: () => number
  /** Resolves after `ms`, or rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

export type CheckResult =
  | { readonly ok: true; readonly facts: Facts }
  | { readonly ok: false; readonly problem: Problem }

/**
 * A question to the machine, asked once per `run`. Changes nothing.
 * `timeoutMs(config)` is how long the engine repeats it until it holds (0: asked once); a problem that is not `retryable`
 * ends that at once. `facts.last` of a problem is what was answered last, for its sentence. A check that needs the state to
 * last (`service_active`: stable for a while) waits inside `run` by `sleep`.
 */
export interface Check<C> {
  readonly kind: string
  readonly config: ZodType<C>
  describe(config: C): string
  timeoutMs(config: C): number
  run(config: C, context: CheckContext, signal: AbortSignal): Promise<CheckResult>
}
