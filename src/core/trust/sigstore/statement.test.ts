import { expect, test } from 'vitest'
import { digestSchema } from '../../model/names.ts'
import { isProvenance, readStatement, subjectDigest } from './statement.ts'

const one = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const two = digestSchema.parse(`sha256:${'2'.repeat(64)}`)
const bytes = (json: object) => Buffer.from(JSON.stringify(json))
const statement = (...subject: readonly object[]) => ({
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/provenance/v1',
  subject,
})
const file = (name: string, digest: string) => ({ name, digest: { sha256: digest.slice(7) } })

test('when subjects are no files, then they are passed over', () => {
  const read = readStatement(bytes(statement({ uri: 'pkg:x', digest: { sha1: 'ab' } }, file('a', one))))
  expect(read?.subjects).toStrictEqual([{ name: 'a', digest: one }])
})

test.each([
  ['known, under any name', [file('other', one)], 'a', one, one],
  ['known, and not there', [file('a', two)], 'a', one, null],
  ['not known, and one has the name', [file('a', one), file('b', two)], 'a', null, one],
  ['not known, and two of that name agree', [file('a', one), file('a', one)], 'a', null, one],
  ['not known, and two of that name differ', [file('a', one), file('a', two)], 'a', null, null],
  ['not known, and the name ends with it', [file('dir/a', one)], 'a', null, null],
])('when the digest is %s, then it is %#', (_, subjects, name, known, expected) => {
  const read = readStatement(bytes(statement(...subjects)))
  expect(read === null ? undefined : subjectDigest(read, name, known)).toBe(expected)
})

test.each([
  ['https://slsa.dev/provenance/v1', true],
  ['https://slsa.dev/provenance/v0.2', true],
  ['https://slsa.dev/provenance/v1.1', true],
  ['https://slsa.dev/provenance/v10', false],
  ['https://slsa.dev/provenance/v1/evil', false],
  ['https://evil.example/https://slsa.dev/provenance/v1', false],
  ['https://slsa.dev/verification_summary/v1', false],
])('when a predicate is %s, then it says how it was built: %s', (predicateType, expected) => {
  expect(isProvenance({ predicateType, subjects: [] })).toBe(expected)
})

test('when the bytes are no UTF-8, or too many, then there is no statement', () => {
  expect(readStatement(Buffer.concat([bytes(statement(file('a', one))), Buffer.of(0xff)]))).toBe(null)
  expect(readStatement(Buffer.concat([bytes(statement(file('a', one))), Buffer.alloc(4 * 1024 * 1024, ' ')]))).toBe(
    null,
  )
})
