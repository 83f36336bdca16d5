import { expect, test } from 'vitest'
import { digestSchema } from '../../core/model/names.ts'
import { newReference, versionPart } from './new-reference.ts'

const [old, next] = ['a', 'b'].map((hex) => digestSchema.parse(`sha256:${hex.repeat(64)}`))

test.each([
  ['nginx:1', 'nginx:2'],
  ['host:5000/x:1', 'host:5000/x:2'],
  ['host:5000/x', 'host:5000/x'],
  ['localhost:5000/a/b:1.0-alpine', 'localhost:5000/a/b:2'],
  [`host:5000/x@${old}`, `host:5000/x@${next}`],
  [`host:5000/x:1@${old}`, `host:5000/x:2@${next}`],
  ['nginx', 'nginx'],
  ['ghcr.io/o/app:<VERSION_HERE>', 'ghcr.io/o/app:2'],
])('D5: when %s moves, then it keeps its shape, its port and its pinning: %s', (from, to) => {
  expect(newReference(from, '2', next ?? null)).toBe(to)
})

test.each([
  ['nginx:1', '1'],
  ['host:5000/x:1', '1'],
  ['host:5000/x', ''],
  [`x:1@${old}`, `1@${old}`],
  [`x@${old}`, String(old)],
])('when %s is asked for what its version is, then that is %s', (reference, part) => {
  expect(reference.slice(...versionPart(reference))).toBe(part)
})
