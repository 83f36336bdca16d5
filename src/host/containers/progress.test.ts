import { expect, test } from 'vitest'
import { afterLine, progressOf, pullBegun } from './progress.ts'

const after = (...lines: readonly (object | string)[]) =>
  lines.reduce<typeof pullBegun>(
    (state, line) => afterLine(state, typeof line === 'string' ? line : JSON.stringify(line)),
    pullBegun,
  )

const layer = (id: string, status: string, current?: number, total?: number) => ({
  id,
  status,
  progressDetail: { current, total },
})

test('when layers come side by side then their bytes are summed, and the total is told once all are known', () => {
  const waiting = [layer('a', 'Pulling fs layer'), layer('b', 'Pulling fs layer'), layer('b', 'Waiting')]
  const first = after(...waiting, layer('a', 'Downloading', 30, 100))
  expect(progressOf(first)).toEqual({ doneBytes: 30, totalBytes: null, message: '0 of 2 layers' })
  const both = after(...waiting, layer('a', 'Downloading', 30, 100), layer('b', 'Downloading', 5, 50))
  expect(progressOf(both)).toEqual({ doneBytes: 35, totalBytes: 150, message: '0 of 2 layers' })
})

test('when a layer is unpacked then its bytes are not counted again', () => {
  const state = after(layer('a', 'Downloading', 100, 100), layer('a', 'Extracting', 70, 300))
  expect(progressOf(state)).toMatchObject({ doneBytes: 100, totalBytes: 100 })
})

test('when layers were here before then there is nothing to wait for', () => {
  const state = after(layer('a', 'Already exists'), layer('b', 'Already exists'))
  expect(progressOf(state)).toEqual({ doneBytes: 0, totalBytes: 0, message: '2 of 2 layers' })
})

test('when a download begins again then what is told is what is true', () => {
  const state = after(
    layer('a', 'Downloading', 90, 100),
    layer('a', 'Retrying in 5 seconds'),
    layer('a', 'Downloading', 10, 100),
  )
  expect(progressOf(state)).toMatchObject({ doneBytes: 10, totalBytes: 100 })
})

test.each([
  [{ id: 'latest', status: 'Pulling from o/app' }],
  [{ status: 'Digest: sha256:00' }],
  ['{"id":"a","status":"Downl'],
  ['[]'],
  ['null'],
  [{ id: 7, status: {} }],
])('when a line is %j then it is about no layer', (line) => {
  expect(after(line)).toEqual(pullBegun)
})

test('when an engine names layers without end then they cost no more than a limit', () => {
  let state = pullBegun
  for (let n = 0; n < 1005; n++) state = afterLine(state, `{"id":"${n}","status":"Waiting"}`)
  expect(state.layers.size).toBe(1000)
})
