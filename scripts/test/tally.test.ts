import { expect, test } from 'vitest'
import { addTallies, emptyTally, summaryLine, tallyOf, type VitestReport } from './tally.ts'

function report(...files: [status: string, ...tests: string[]][]): VitestReport {
  return {
    success: false,
    testResults: files.map(([status, ...tests], at) => ({
      name: `file${at}`,
      status,
      assertionResults: tests.map((outcome, index) => ({ status: outcome, fullName: `test ${index}` })),
    })),
  }
}

test('when tests pass, fail and are skipped, then each is counted and the skipped ones are named', () => {
  const tally = tallyOf(report(['failed', 'passed', 'failed', 'passed'], ['passed', 'pending', 'todo']), 1)
  expect(tally).toStrictEqual({ passed: 2, failed: 1, skipped: ['test 0', 'test 1'] })
})

test.each([
  ['a file does not compile', report(['failed'], ['passed', 'passed']), 1],
  ['the run failed outside any test', report(['passed', 'passed']), 1],
  ['vitest wrote no report', null, 1],
] as const)('when %s, then it counts as one failure', (_, input, exitCode) => {
  expect(tallyOf(input, exitCode).failed).toBe(1)
})

test('when runs are summed up, then the last line has the promised form', () => {
  const sum = addTallies({ passed: 3, failed: 0, skipped: [] }, { passed: 4, failed: 1, skipped: ['x'] })
  expect(summaryLine(addTallies(sum, emptyTally), 2)).toBe('7 passed, 1 failed, 3 skipped')
  expect(summaryLine({ passed: 5, failed: 0, skipped: [] }, 0)).toBe('5 passed, 0 failed')
})
