import { expect, test } from 'vitest'
import { byteRange } from './byte-range.ts'

const modifiedMs = Date.UTC(2026, 0, 1, 0, 0, 0, 500)
const file = { etag: '"x"', modifiedMs, bytes: 10, ifRange: undefined }

test.each([
  ['bytes=0-', { kind: 'part', start: 0, end: 9 }],
  ['bytes=4-', { kind: 'part', start: 4, end: 9 }],
  ['bytes=4-5', { kind: 'part', start: 4, end: 5 }],
  ['bytes=4-99', { kind: 'part', start: 4, end: 9 }],
  ['bytes=-3', { kind: 'part', start: 7, end: 9 }],
  ['bytes=-99', { kind: 'part', start: 0, end: 9 }],
  ['bytes=10-', { kind: 'outside' }],
  ['bytes=-0', { kind: 'outside' }],
  ['bytes=5-4', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
  ['bytes=0-1,4-5', { kind: 'whole' }],
  ['items=0-1', { kind: 'whole' }],
  [undefined, { kind: 'whole' }],
])('when the range is %s of ten bytes, then the answer is %j', (range, answer) => {
  expect(byteRange({ ...file, range })).toStrictEqual(answer)
})

test.each([
  ['"x"', 'part'],
  ['W/"x"', 'whole'],
  ['"y"', 'whole'],
  ['Thu, 01 Jan 2026 00:00:00 GMT', 'part'],
  ['Thu, 01 Jan 2026 00:00:01 GMT', 'whole'],
  ['nonsense', 'whole'],
])('when If-Range is %s, then the answer is %s', (ifRange, kind) => {
  expect(byteRange({ ...file, range: 'bytes=4-', ifRange }).kind).toBe(kind)
})
