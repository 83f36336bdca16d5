/** What vitest's JSON reporter writes, as far as it is read here. */
export interface VitestReport {
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Names of the tests that did not run; they are listed, because a silent skip looks like a success. */
  readonly skipped: readonly string[]
  /** Files that failed, and passed when they were run once more by themselves. */
  readonly unsteady: readonly string[]
}

export const emptyTally: Tally = { passed: 0, failed: 0, skipped: [], unsteady: [] }

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: [...a.skipped, ...b.skipped],
    unsteady: [...a.unsteady, ...b.unsteady],
  }
}

/**
 * Counts tests. A file that failed without a failed test (it does not compile, a hook threw) counts as one failure, and so
 * does a run that failed for a reason of its own, such as an unhandled rejection: nothing failed is ever summed up as zero.
 */
export function tallyOf(report: VitestReport | null, exitCode: number): Tally {
  if (report === null) return { ...emptyTally, failed: 1 }
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const failedTests = tests.filter((test) => test.status === 'failed').length
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = failedTests + brokenFiles
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName),
    unsteady: [],
  }
}

/** More than a few that fail are no accident of a busy machine. */
const secondTriesMax = 3

/**
 * The files to run once more: those that failed, when they are few. None when no file is to blame: an error outside of any
 * test has no place where it could be tried again.
 */
export function worthSecondTry(report: VitestReport | null): readonly string[] {
  const failed = (report?.testResults ?? []).filter(({ status }) => status === 'failed').map(({ name }) => name)
  return failed.length > secondTriesMax ? [] : failed
}

/** The first run, of which `files` were run once more: how their tests ended then is what counts. */
export function afterSecondTry(report: VitestReport, files: readonly string[], second: Tally): Tally {
  const others = { ...report, testResults: report.testResults.filter(({ name }) => !files.includes(name)) }
  return addTallies(tallyOf(others, 0), { ...second, unsteady: second.failed === 0 ? files : [] })
}

/** The last line of every run; programs read it, so its form is fixed. */
export function summaryLine(tally: Tally, suitesMissing: number): string {
  const skipped = tally.skipped.length + suitesMissing
  return `${tally.passed} passed, ${tally.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
