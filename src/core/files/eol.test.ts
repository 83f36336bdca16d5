import { expect, test } from 'vitest'
import type { Attributes } from './attributes.ts'
import { checkedOut, type Eol } from './eol.ts'

const said: Attributes = { text: null, eol: null, converted: null }
const out = (content: string | Uint8Array, attributes: Partial<Attributes>, otherwise: Eol = 'as-is') =>
  Buffer.from(checkedOut(Buffer.from(content as string), { ...said, ...attributes }, otherwise)).toString('latin1')

test.each<[string, Partial<Attributes>, Eol, string]>([
  ['a\nb\n', {}, 'as-is', 'a\nb\n'],
  ['a\nb\n', {}, 'crlf', 'a\r\nb\r\n'],
  ['a\nb\n', { text: false }, 'crlf', 'a\nb\n'],
  ['a\nb\n', { eol: 'lf' }, 'crlf', 'a\nb\n'],
  ['a\nb\n', { eol: 'crlf' }, 'as-is', 'a\r\nb\r\n'],
  ['a\nb\n', { text: 'auto', eol: 'crlf' }, 'as-is', 'a\r\nb\r\n'],
  // Mixed ends: git leaves them alone unless an attribute calls the file a text.
  ['a\r\nb\n', {}, 'crlf', 'a\r\nb\n'],
  ['a\r\nb\n', { text: 'auto', eol: 'crlf' }, 'as-is', 'a\r\nb\n'],
  ['a\r\nb\n', { text: true, eol: 'crlf' }, 'as-is', 'a\r\nb\r\n'],
  // Binary: a NUL, a lone CR, or too much that is not printable.
  ['a\0\n', {}, 'crlf', 'a\0\n'],
  ['a\rb\n', {}, 'crlf', 'a\rb\n'],
  ['\u0001\u0002\n', {}, 'crlf', '\u0001\u0002\n'],
  ['a\0\n', { text: true }, 'crlf', 'a\0\r\n'],
  [`${'x'.repeat(200)}\n\u001a`, {}, 'crlf', `${'x'.repeat(200)}\r\n\u001a`],
  ['', {}, 'crlf', ''],
])('when %j is checked out with %j and otherwise %s, then it is %j', (content, attributes, otherwise, expected) => {
  expect(out(content, attributes, otherwise)).toBe(expected)
})

test('when a file is UTF-16, then not one byte of it is changed', () => {
  const utf16 = Buffer.from('\ufeffDjango==5\r\nx\n', 'utf16le')
  expect(checkedOut(utf16, said, 'crlf')).toEqual(utf16)
})
