import type { ZodType } from 'zod'
import type { ProbeRef } from '../core/plan/step.ts'

/** Reads the version of what is installed or runs. null: it cannot be told, which is never "0.0.0". */
export interface Probe<C> {
  readonly kind: string
  readonly config: ZodType<C>
  describe(config: C): string
  /** true: asks the running thing (http), so it also proves that the new version runs. */
  readonly live: boolean
  read(config: C, ref: ProbeRef, signal: AbortSignal): Promise<string | null>
}
