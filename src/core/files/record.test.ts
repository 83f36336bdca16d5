import { expect, test } from 'vitest'
import { agrees, parseRecord, recordText } from './record.ts'

const commit = 'b387b2951a2213d1c7f491f546bf90edc5e6fee2'

test('when a record was written, then it is read back, odd names included', () => {
  const files = new Map([
    ['a b/\uf03a.md', { mode: '100644', blob: 'x', sha256: 'y' } as const],
    ['__proto__', { mode: '100755', blob: 'x', sha256: null } as const],
  ])
  const record = parseRecord(recordText(commit, files))
  expect(record?.commit).toBe(commit)
  expect(new Map(Object.entries(record?.files ?? {}))).toEqual(files)
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"v":2}',
  `{"v":1,"commit":"../x","files":{}}`,
  `{"v":1,"commit":"${commit}"}`,
  `{"v":1,"commit":"${commit}","files":{"a":{}}}`,
])('when the file holds %j, then there is no record', (text) => {
  expect(parseRecord(text)).toBeNull()
})

test('when most of a tree is another one, then its record is about another tree', () => {
  expect(agrees(0, 0)).toBe(true)
  expect(agrees(1, 11)).toBe(false)
  expect(agrees(1, 10)).toBe(true)
  expect(agrees(0, 1)).toBe(false)
})
