import { expect, test } from 'vitest'
import { archiveLimits } from './limits.ts'
import { foldName, parseEntryName } from './names.ts'

test.each([
  ['a/b', ['a', 'b']],
  ['./a//b/./c', ['a', 'b', 'c']],
  ['a/', ['a']],
  ['./', []],
  ['...', ['...']],
  ['a..b/..c', ['a..b', '..c']],
  ['temp:late/Foo::Bar.3pm', ['temp:late', 'Foo::Bar.3pm']],
])('when an entry is called %s, then its segments are %j', (raw, segments) => {
  expect(parseEntryName(raw, archiveLimits, 'linux')).toStrictEqual(segments)
})

test.each(['file:stream', 'con', 'COM1.txt', 'a./b', 'a ', 'what?'])(
  'when an entry is called %s, then Windows refuses it',
  (raw) => {
    expect(() => parseEntryName(raw, archiveLimits, 'win32')).toThrow('a name that Windows gives a meaning')
  },
)

test.each([
  ['README', 'readme'],
  ['\u00c9', 'e\u0301'],
  ['\u212b', '\u00e5'],
  ['Stra\u00dfe', 'STRASSE'],
])('when file systems may take %s and %s for the same, then they fold to the same', (one, other) => {
  expect(foldName(one)).toBe(foldName(other))
})

test('when names differ in a letter, then they fold to different ones', () => {
  expect(foldName('grüße')).not.toBe(foldName('gruße'))
})
