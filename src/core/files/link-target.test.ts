import { expect, test } from 'vitest'
import { staysInside } from './link-target.ts'

test.each([
  ['a/b', 'c', true],
  ['a/b', '../c', true],
  ['a/b', '../../c', false],
  ['a', '../c', false],
  ['a', './b/../c', true],
  ['a', 'b/../../c', false],
  ['a', '/etc/passwd', false],
  ['a', 'C:/x', false],
  ['a', '..\\x', false],
  ['a', '', false],
])('when the link %s leads to %j, then it stays inside: %s', (path, target, expected) => {
  expect(staysInside(path, target)).toBe(expected)
})
