import { expect, test } from 'vitest'
import { jsonMembersMax, parseStrictJson, StrictJsonError } from './strict-json.ts'

test.each(['{}', '[]', ' [ 1 , -2 , {"a" : [true,false,null]} ]\n', '"\\u00fc\\n"', '0', '{"a":{"a":1}}'])(
  'when a text is %s, then it is read as JSON reads it',
  (text) => {
    expect(parseStrictJson(Buffer.from(text))).toStrictEqual(JSON.parse(text))
  },
)

test.each([
  ['{"a":1,"a":2}', 'the key "a" twice'],
  ['{"a":1,"\\u0061":2}', 'the key "a" twice'],
  ['{"__proto__":1}', '"__proto__"'],
  ['[1.5]', 'the number 1.5'],
  ['[1e3]', 'the number 1e3'],
  ['[-0]', 'the number -0'],
  ['[9007199254740992]', 'the number 9007199254740992'],
  ['[01]', 'lacks a comma'],
  ['[1,]', 'a comma before an end'],
  ['{"a":1,}', 'a comma before an end'],
  ['{"a" 1}', 'a key without a value'],
  ['{a:1}', 'a key that is no string'],
  ['[1] 2', 'something after its end'],
  ['"\\ud800"', 'not Unicode'],
  ['"\\x"', 'not JSON'],
  ['"a\nb"', 'not JSON'],
  ['"a', 'ends inside a string'],
  ['[NaN]', 'is not JSON'],
  ['', 'is not JSON'],
  ['[', 'is not JSON'],
])('when a text is %s, then it is refused with the place', (text, words) => {
  expect(() => parseStrictJson(Buffer.from(text))).toThrow(StrictJsonError)
  expect(() => parseStrictJson(Buffer.from(text))).toThrow(words)
})

test('when a list or an object is too wide, then it is refused', () => {
  const many = Array.from({ length: jsonMembersMax + 1 }, (_, index) => index)
  expect(() => parseStrictJson(Buffer.from(JSON.stringify(many)))).toThrow('a list of more than')
  const object = Object.fromEntries(many.map((index) => [`k${index}`, index]))
  expect(() => parseStrictJson(Buffer.from(JSON.stringify(object)))).toThrow('an object of more than')
})
