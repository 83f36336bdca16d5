import { expect, test } from 'vitest'
import { linesOf } from './live.ts'
import { lookOf, speaksUtf8 } from './look.ts'
import { fit, pad, width, wrap } from './width.ts'

const terminal = { write: () => {}, isTTY: true, columns: 80 }
const utf8 = { LANG: 'de_DE.UTF-8' }

test.each([
  ['abc', 3],
  ['ü→✓', 3],
  ['e\u0301', 1],
  ['漢字', 4],
  ['🎉', 2],
  ['\u001b[1mcore\u001b[22m', 4],
])('when %s is measured then it takes %i columns', (text, columns) => {
  expect(width(text)).toBe(columns)
})

test('when a text does not fit then it ends in an ellipsis and is never too wide', () => {
  expect(fit('releases/1.1.0', 8, '…')).toBe('release…')
  expect(fit('releases', 8, '…')).toBe('releases')
  expect(fit('漢字漢字', 4, '…')).toBe('漢…')
  expect(fit('abc', 1, '...')).toBe('')
  expect(pad('漢', 4)).toBe('漢  ')
})

test('when words are wrapped then no line but that of a long word is too wide', () => {
  expect(wrap('one two three four five six', 22, '  ')).toEqual(['  one two three four', '  five six'])
  expect(wrap('/a/very/long/path/that/stays/whole x', 24, '')).toEqual(['/a/very/long/path/that/stays/whole', 'x'])
  expect(wrap('one two', null, '  ')).toEqual(['  one two'])
  expect(wrap('one\ntwo', 80, '')).toEqual(['one', 'two'])
})

test.each([
  [{ LANG: 'C.UTF-8' }, true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
  [{ LC_ALL: '', LC_CTYPE: 'de_DE.utf8' }, true],
  [{}, false],
])('when the locale is %j then UTF-8 is %s', (env, expected) => {
  expect(speaksUtf8(env)).toBe(expected)
})

test('when the locale has no UTF-8 then signs and texts from elsewhere become ASCII', () => {
  const look = lookOf(terminal, { LANG: 'C' }, { color: false })
  expect(look.glyph.ok + look.glyph.failed + look.glyph.arrow).toBe('+x->')
  expect(look.text('current → “ü” …')).toBe('current -> "?" ...')
})

test.each([
  ['a terminal', terminal, utf8, true, true],
  ['a pipe', { write: () => {} }, utf8, true, false],
  ['NO_COLOR', terminal, { ...utf8, NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR', terminal, { ...utf8, NO_COLOR: '' }, true, true],
  ['--no-color', terminal, utf8, false, false],
  ['a dumb terminal', terminal, { ...utf8, TERM: 'dumb' }, true, false],
])('when there is %s then colour follows', (_, out, env, color, expected) => {
  expect(lookOf(out, env, { color }).paint('bad', 'x') !== 'x').toBe(expected)
})

test('when a text from elsewhere holds control signs then it cannot steer the terminal', () => {
  const look = lookOf(terminal, utf8, { color: true })
  expect(look.text('a\u001b[2J\u001b[1;31mred\u001b]0;title\u0007b\u0007\rc\u202ed\u009b1m')).toBe('aredb cd1m')
  expect(look.text('one\ntwo')).toBe('one two')
})

test('when lines are printed above a live line then it is taken away and drawn again', () => {
  let written = ''
  const lines = linesOf({ write: (text) => (written += text) }, { columns: 80 })
  lines.live('a')
  lines.live('a')
  lines.print(['done'])
  lines.live('b')
  lines.live(null)
  lines.print(['end'])
  expect(written).toBe('a\r\u001b[Kdone\na\r\u001b[Kb\r\u001b[Kend\n')
})

test('when there is no terminal then nothing is live', () => {
  let written = ''
  const lines = linesOf({ write: (text) => (written += text) }, { columns: null })
  lines.live('a')
  lines.print(['done'])
  expect(written).toBe('done\n')
})
