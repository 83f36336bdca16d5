import { expect, test } from 'vitest'
import type { BaseFile, LocalFile } from './local.ts'
import { treeEol } from './tree-eol.ts'

const base: BaseFile = { mode: '100644', blob: 'b', sha256: null }
const file = (blob: string, lf: string | null): LocalFile => ({
  kind: 'file',
  blob,
  lf,
  sha256: 's',
  bytes: 1,
  mode: 0o644,
})
const [crlf, plain, mine] = [file('c', 'b'), file('b', null), file('x', 'y')]

test.each([
  [[], 'as-is'],
  [[plain, plain], 'as-is'],
  [[crlf, plain, plain], 'crlf'],
  // One file that somebody's editor wrote.
  [[crlf, plain, plain, plain, plain], 'as-is'],
  [[mine, mine, mine, crlf], 'crlf'],
  [[file('b', 'z')], 'as-is'],
] as const)('H3: when the files are as in %#, then the tree is %s', (files, expected) => {
  const paths = files.map((_, i) => String(i))
  const local = new Map(paths.map((path, i) => [path, files[i] ?? plain]))
  expect(treeEol(new Map(paths.map((path) => [path, base])), local)).toBe(expected)
})

test('H3: when Belay itself checked it out with CR LF, then its record tells', () => {
  const known: BaseFile = { ...base, sha256: 's', crlf: true }
  expect(treeEol(new Map([['a', known]]), new Map([['a', plain]]))).toBe('crlf')
})
