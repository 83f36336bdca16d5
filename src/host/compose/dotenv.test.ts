import { expect, test } from 'vitest'
import { readVariables, variableScalar } from './dotenv.ts'
import { replaceScalar, sourceOf } from './scalar.ts'

/** As both compose programs read each of them, tried on them. */
test.each([
  ['plain', 'A=1.2', '1.2'],
  ['with a comment', 'A=1.2 # note', '1.2'],
  ['with a comment and tabs', 'A=1.2\t#note', '1.2'],
  ['a hash within', 'A=1.2#x', '1.2#x'],
  ['in double quotes', 'A="1.2" # note', '1.2'],
  ['in single quotes', "A='1.2' # note", '1.2'],
  ['exported', 'export A=1.2', '1.2'],
  ['blanks around', '  A = 1.2   ', '1.2'],
  ['the last of two', 'A=1\nA=2', '2'],
  ['with CRLF', 'B=x\r\nA=1.2\r\nC=y\r\n', '1.2'],
  ['behind a byte order mark', '\uFEFFA=1.2\n', '1.2'],
  ['empty', 'A=\nB=1', ''],
  ['over two lines', 'A="q\nr"\nB=1', 'q\nr'],
  ['with an apostrophe', "A=it's\nB=that's", "it's"],
  ['with a colon, which only one generation knows', 'A: 1.2', '1.2'],
  ['behind a line that is none', '=x\nO\n!!\nA=1.2', '1.2'],
  ['behind an open quote', 'B="x\nA=1.2', '1.2'],
])('when a variable is written %s, then its value is read, and changed without touching the rest', (_, text, value) => {
  const scalar = variableScalar(text, 'A')
  expect(scalar?.value).toBe(value)
  if (scalar === null) return
  expect(text.slice(...scalar.range)).toBe(scalar.source)
  const after = replaceScalar(text, scalar, sourceOf(scalar, '9.9'))
  expect(variableScalar(after, 'A')?.value).toBe('9.9')
  const [start, end] = scalar.range
  expect(after).toBe(`${text.slice(0, start)}${sourceOf(scalar, '9.9')}${text.slice(end)}`)
  const others = (all: string) => readVariables(all).filter(({ name }) => name !== 'A')
  expect(others(after).map(({ scalar: { source } }) => source)).toEqual(
    others(text).map(({ scalar: { source } }) => source),
  )
})

test.each([
  ['a comment', '# A=1'],
  ['the name alone', 'A'],
  ['a longer name', 'AA=1\nA_=2'],
  ['inside of another value', 'B="\nA=1\n"'],
])('when there is only %s, then the variable is not set', (_, text) => {
  expect(variableScalar(text, 'A')).toBeNull()
})
