import { expect, test } from 'vitest'
import {
  addTallies,
  afterSecondTry,
  emptyTally,
  summaryLine,
  tallyOf,
  type VitestReport,
  worthSecondTry,
} from './tally.ts'

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
  expect(tally).toStrictEqual({ passed: 2, failed: 1, skipped: ['test 0', 'test 1'], unsteady: [] })
})

test.each([
  ['a file does not compile', report(['failed'], ['passed', 'passed']), 1],
  ['the run failed outside any test', report(['passed', 'passed']), 1],
  ['vitest wrote no report', null, 1],
] as const)('when %s, then it counts as one failure', (_, input, exitCode) => {
  expect(tallyOf(input, exitCode).failed).toBe(1)
})

test('when runs are summed up, then the last line has the promised form', () => {
  const sum = addTallies({ ...emptyTally, passed: 3 }, { ...emptyTally, passed: 4, failed: 1, skipped: ['x'] })
  expect(summaryLine(addTallies(sum, emptyTally), 2)).toBe('7 passed, 1 failed, 3 skipped')
  expect(summaryLine({ ...emptyTally, passed: 5 }, 0)).toBe('5 passed, 0 failed')
})

const oneOfTwo = report(['passed', 'passed', 'passed'], ['failed', 'passed', 'failed'])

test('when a file fails and then passes, then its tests count as passed, and it is named', () => {
  const files = worthSecondTry(oneOfTwo)
  expect(files).toEqual(['file1'])
  const tally = afterSecondTry(oneOfTwo, files, tallyOf(report(['passed', 'passed', 'passed']), 0))
  expect(tally).toStrictEqual({ passed: 4, failed: 0, skipped: [], unsteady: ['file1'] })
})

test('when a file fails twice, then it has failed', () => {
  const tally = afterSecondTry(oneOfTwo, ['file1'], tallyOf(report(['failed', 'passed', 'failed']), 1))
  expect(tally).toStrictEqual({ passed: 3, failed: 1, skipped: [], unsteady: [] })
})

test.each([
  ['more than a few files fail', report(['failed', 'failed'], ['failed', 'failed'], ['failed'], ['failed', 'failed'])],
  ['no file is to blame', report(['passed', 'passed'])],
  ['vitest wrote no report', null],
] as const)('when %s, then there is no second try', (_, input) => {
  expect(worthSecondTry(input)).toEqual([])
})
