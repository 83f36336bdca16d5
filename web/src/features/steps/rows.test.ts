import { expect, test } from 'vitest'
import { partDone, type PlanStep, rowState, rowsOf, sectionsOf, shownState, type StepState } from './rows.ts'

function step(
  index: number,
  group: number,
  title: string,
  detail: string,
  when: PlanStep['when'] = 'running',
): PlanStep {
  return { index, group, kind: 'check', title, detail, when }
}

test('when neighbours are of one group then they are one row with each detail once', () => {
  const steps = [
    step(0, 0, 'check', 'disk'),
    step(1, 0, 'check', 'disk'),
    step(2, 0, 'check', ''),
    step(3, 1, 'stop', 'unit', 'down'),
  ]
  const rows = rowsOf(steps, 3)
  expect(rows.map(({ title, details, commits }) => [title, details, commits])).toStrictEqual([
    ['check', ['disk'], false],
    ['stop', ['unit'], true],
  ])
  expect(rows[0]?.steps.map(({ index }) => index)).toStrictEqual([0, 1, 2])
})

test('when the service is stopped in the middle then the rows of the outage stand together', () => {
  const steps = [
    step(0, 0, 'download', ''),
    step(1, 1, 'stop', '', 'down'),
    step(2, 2, 'start', '', 'down'),
    step(3, 3, 'verify', '', 'after'),
  ]
  expect(sectionsOf(rowsOf(steps, 3)).map(({ when, rows }) => [when, rows.length])).toStrictEqual([
    ['running', 1],
    ['down', 2],
    ['after', 1],
  ])
})

test('when the service is never stopped then it runs all the while', () => {
  const steps = [step(0, 0, 'download', ''), step(1, 1, 'start', '', 'after'), step(2, 2, 'switch', '', 'after')]
  expect(sectionsOf(rowsOf(steps, 2)).map(({ when, rows }) => [when, rows.length])).toStrictEqual([['running', 3]])
  expect(sectionsOf([])).toStrictEqual([])
})

const states: readonly (readonly [readonly StepState[], StepState])[] = [
  [['pending', 'pending'], 'pending'],
  [['done', 'pending'], 'running'],
  [['done', 'running'], 'running'],
  [['done', 'skipped'], 'done'],
  [['skipped', 'skipped'], 'skipped'],
  [['skipped', 'pending'], 'running'],
  [['done', 'failed'], 'failed'],
  [['failed', 'undone'], 'failed'],
  [['undone', 'pending'], 'undone'],
  [['undone', 'done'], 'running'],
]

test.each(states)('when the steps of a row are %j then the row is %s', (given, expected) => {
  expect(rowState(given.map((state) => ({ kind: 'link', state, problem: null })))).toBe(expected)
})

test('when a row is put back then what only looks does not hold it', () => {
  const unpacked = (state: StepState) => [
    { kind: 'unpack' as const, state, problem: null },
    { kind: 'manifest' as const, state: 'undone' as const, problem: null },
  ]
  expect(rowState(unpacked('undone'))).toBe('undone')
  expect(rowState(unpacked('done'))).toBe('done')
  expect(rowState([...unpacked('undone'), { kind: 'link', state: 'done', problem: null }])).toBe('running')
})

const problem = {
  code: 'E_CHECK_FAILED' as const,
  message: 'It is not healthy.',
  hint: null,
  retryable: false,
  facts: {},
}

test('when a step failed and was put back then it is still shown as the one that failed', () => {
  expect(shownState({ kind: 'check', state: 'undone', problem })).toBe('failed')
  expect(shownState({ kind: 'link', state: 'undone', problem: null })).toBe('undone')
})

test('when a step failed and is tried again then it is under way, and done when it succeeds', () => {
  expect(shownState({ kind: 'download', state: 'running', problem })).toBe('running')
  expect(shownState({ kind: 'download', state: 'done', problem })).toBe('done')
})

test('when a check is undone then it was done: there is nothing to put back', () => {
  expect(shownState({ kind: 'check', state: 'undone', problem: null })).toBe('done')
})

test('when the whole is not known then neither is the part', () => {
  const at = (done_bytes: number, total_bytes: number | null) =>
    partDone({ index: 0, done_bytes, total_bytes, message: null })
  expect([at(5, null), at(5, 0), at(5, 10), at(20, 10)]).toStrictEqual([null, null, 0.5, 1])
})
