import { expect, test } from 'vitest'
import { unsnappy } from './snappy.ts'

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString())
const block = (...parts: readonly (number | string)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))

test.each([
  ['text alone', block(3, 2 << 2, 'abc'), 'abc'],
  ['nothing', block(0), ''],
  ['a copy that reaches into itself', block(12, 2 << 2, 'abc', ((9 - 4) << 2) | 1, 3), 'abcabcabcabc'],
  ['a copy with two bytes of distance', block(6, 2 << 2, 'abc', (2 << 2) | 2, 3, 0), 'abcabc'],
  ['a copy with four', block(5, 2 << 2, 'abc', (1 << 2) | 3, 2, 0, 0, 0), 'abcbc'],
  ['a long text', block(0x80, 1, 60 << 2, 127, 'x'.repeat(128)), 'x'.repeat(128)],
  ['a longer one', block(0xac, 2, 61 << 2, 0x2b, 1, 'y'.repeat(300)), 'y'.repeat(300)],
])('when a block holds %s, then it comes out', (_, bytes, expected) => {
  expect(text(unsnappy(bytes, 1000))).toBe(expected)
})

test.each([
  ['no length', block()],
  ['a length without end', block(0xff, 0xff, 0xff, 0xff, 0xff, 1)],
  ['more than is wanted', block(0x80, 0x80, 0x80, 0x80, 8)],
  ['a text that is cut off', block(3, 2 << 2, 'ab')],
  ['a copy from before the start', block(4, 1)],
  ['a copy of nothing', block(7, 2 << 2, 'abc', 1, 0)],
  ['a copy that is cut off', block(7, 2 << 2, 'abc', 2, 1)],
  ['less than it says', block(4, 2 << 2, 'abc')],
  ['more than it says', block(2, 2 << 2, 'abc')],
])('when a block has %s, then it is refused', (_, bytes) => {
  expect(unsnappy(bytes, 1000)).toBe(null)
})
