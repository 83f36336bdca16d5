import type { Problem } from '../core/model/problem.ts'
import type { CheckReport, RunReport } from '../ports/engine.ts'

/**
 * 0 done or nothing to do · 1 failed, nothing was changed · 2 wrong usage or invalid config · 3 the previous version is
 * back and verified · 4 stuck, a person is needed · 10 `check --exit-code` found updates.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 10

/** Several components: the worst code wins. 2 and 10 never meet other codes; they rank so that neither hides a failure. */
const worstFirst: readonly ExitCode[] = [4, 3, 1, 2, 10, 0]

export function worst(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? 0
}

export function exitOfRun(report: Pick<RunReport, 'outcome'>): ExitCode {
  switch (report.outcome) {
    case 'committed':
    case 'current':
      return 0
    case 'failed':
      return 1
    case 'rolled-back':
      return 3
    case 'stuck':
      return 4
  }
}

/** A run that a resume closed as `failed` had changed nothing yet: it was undone all the same. */
export function exitOfResume(reports: readonly Pick<RunReport, 'outcome'>[]): ExitCode {
  return worst(reports.map((report) => (report.outcome === 'failed' ? 3 : exitOfRun(report))))
}

/**
 * An update may be announced only when every source answered: a failed one could hide another. A version that is held is
 * none: `update` would not install it.
 */
export function exitOfCheck(
  reports: readonly Pick<CheckReport, 'error' | 'held' | 'update_available'>[],
  options: { readonly exitCode: boolean },
): ExitCode {
  if (reports.some((report) => report.error !== null)) return 1
  return options.exitCode && reports.some((report) => report.update_available && report.held === null) ? 10 : 0
}

/** The code of a problem that was thrown before any run was opened. */
export function exitOfProblem(problem: Pick<Problem, 'code'>): ExitCode {
  switch (problem.code) {
    case 'E_USAGE':
    case 'E_CONFIG_NOT_FOUND':
    case 'E_CONFIG_INVALID':
    case 'E_COMPONENT_UNKNOWN':
    case 'E_DATA_CHOICE':
      return 2
    case 'E_STUCK':
    case 'E_JOURNAL_MISSING':
    case 'E_JOURNAL_UNREADABLE':
      return 4
    default:
      return 1
  }
}
