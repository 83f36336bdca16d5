import { expect, test } from 'vitest'
import { readRange } from './range.ts'

test.each([
  [200, { 'content-length': '10' }, 4, { kind: 'body', offset: 0, totalBytes: 10 }],
  [200, {}, 0, { kind: 'body', offset: 0, totalBytes: null }],
  [206, { 'content-range': 'bytes 4-9/10' }, 4, { kind: 'body', offset: 4, totalBytes: 10 }],
  [206, { 'content-range': 'bytes 4-9/*' }, 4, { kind: 'body', offset: 4, totalBytes: 10 }],
  [416, { 'content-range': 'bytes */4' }, 4, { kind: 'complete', totalBytes: 4 }],
  [416, { 'content-range': 'bytes */3' }, 4, { kind: 'restart' }],
  [416, {}, 4, { kind: 'restart' }],
  [416, {}, 0, { kind: 'error' }],
  [204, {}, 0, { kind: 'error' }],
])('when %i comes with %j for bytes from %i, then it means %j', (status, headers, offset, means) => {
  expect(readRange(status, headers, offset)).toStrictEqual(means)
})

test.each([
  [{}],
  [{ 'content-range': 'bytes 5-9/10' }],
  [{ 'content-range': 'bytes 0-9/10' }],
  [{ 'content-range': 'bytes 4-8/10' }],
  [{ 'content-range': 'items 4-9/10' }],
])('A7-28: when 206 comes with %j for bytes from 4, then it is wrong', (headers) => {
  expect(readRange(206, headers, 4)).toMatchObject({ kind: 'wrong' })
})
