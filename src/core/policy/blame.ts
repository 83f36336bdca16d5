import type { ProblemCode } from '../model/codes.ts'
import type { Problem } from '../model/problem.ts'

const circumstances: ReadonlySet<ProblemCode> = new Set(['E_CANCELLED', 'E_INTERRUPTED', 'E_DISK_FULL', 'E_READ_ONLY'])

/** Whether a rollback for this reason speaks against the release: only then is it not tried again by itself. */
export function blamesRelease(problem: Problem | null): boolean {
  return problem === null || !circumstances.has(problem.code)
}
