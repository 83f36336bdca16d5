import { expect, test } from 'vitest'
import { checkReport } from '../../test/fakes/engine.ts'
import { type ExitCode, exitOfCheck, exitOfProblem, exitOfResume, exitOfRun, worst } from './exit-code.ts'

test.each([
  ['committed', 0],
  ['current', 0],
  ['failed', 1],
  ['rolled-back', 3],
  ['stuck', 4],
] as const)('when a run ends %s then the code is %i', (outcome, code) => {
  expect(exitOfRun({ outcome })).toBe(code)
})

test.each<[ExitCode[], ExitCode]>([
  [[], 0],
  [[0, 0], 0],
  [[0, 1], 1],
  [[1, 3], 3],
  [[3, 4, 1], 4],
  [[0, 4], 4],
  [[10, 0], 10],
  [[10, 1], 1],
])('when components end with %j then the worst is %i', (codes, code) => {
  expect(worst(codes)).toBe(code)
  expect(worst(codes.toReversed())).toBe(code)
})

test.each([
  [[], 0],
  [['committed'], 0],
  [['rolled-back'], 3],
  [['failed'], 3],
  [['committed', 'rolled-back'], 3],
  [['rolled-back', 'stuck'], 4],
] as const)('when a resume ends runs as %j then the code is %i', (outcomes, code) => {
  expect(exitOfResume(outcomes.map((outcome) => ({ outcome })))).toBe(code)
})

const current = checkReport()
const update = checkReport({ update_available: true, latest: '1.1.0', relation: 'older' })
const held = { ...update, held: { kind: 'hold', pattern: '1.*' } as const }
const failed = checkReport({ error: { code: 'E_NETWORK', message: 'no', hint: null } })

test.each([
  ['all current', [current], false, 0],
  ['all current, code asked', [current], true, 0],
  ['an update', [current, update], false, 0],
  ['an update, code asked', [current, update], true, 10],
  ['a held version only, code asked', [current, held], true, 0],
  ['a held version and an update, code asked', [held, update], true, 10],
  ['a source failed', [current, failed], false, 1],
  ['a source failed, code asked', [failed, update], true, 1],
] as const)('when a check finds %s then the code follows', (_, reports, exitCode, code) => {
  expect(exitOfCheck(reports, { exitCode })).toBe(code)
})

test.each([
  ['E_USAGE', 2],
  ['E_CONFIG_INVALID', 2],
  ['E_CONFIG_NOT_FOUND', 2],
  ['E_COMPONENT_UNKNOWN', 2],
  ['E_DATA_CHOICE', 2],
  ['E_LOCKED', 1],
  ['E_NETWORK', 1],
  ['E_UNFINISHED_RUN', 1],
  ['E_INTERNAL', 1],
  ['E_JOURNAL_MISSING', 4],
  ['E_STUCK', 4],
] as const)('when nothing was started because of %s then the code is %i', (code, exit) => {
  expect(exitOfProblem({ code })).toBe(exit)
})
