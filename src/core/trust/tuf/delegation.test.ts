import { expect, test } from 'vitest'
import { matchesPath } from './delegation.ts'

test.each([
  ['*', 'a', true],
  ['*', 'a/b', false],
  ['app/stable/*', 'app/stable/x.tar.zst', true],
  ['app/stable/*', 'app/stable/', true],
  ['app/stable/*', 'app/stable/x/y', false],
  ['app/stable/*', 'app/stablex', false],
  ['*/nightly/*', 'app/nightly/x', true],
  ['*.tgz', '.tgz', true],
  ['*.tgz', 'a.tgz.sig', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['v[0-9].*', 'v1.2', true],
  ['v[!0-9]*', 'v1.2', false],
  ['v[!0-9]*', 'vx', true],
  ['[]a]', ']', true],
  ['[a', '[a', true],
  ['{a,b}', 'a', false],
  ['**', 'a/b', false],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxbyy', false],
])('when the pattern is %s and the path %s, then it matches: %s', (pattern, path, expected) => {
  expect(matchesPath(pattern, path)).toBe(expected)
})

test('when a pattern is made to take long, then it does not', () => {
  const from = process.threadCpuUsage()
  expect(matchesPath('*a'.repeat(500), 'a'.repeat(2000) + 'b')).toBe(false)
  const { user, system } = process.threadCpuUsage(from)
  expect((user + system) / 1000).toBeLessThan(1000)
})
