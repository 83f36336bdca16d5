import { expect, test } from 'vitest'
import { matchGlobs } from './globs.ts'

test.each([
  ['temp', 'temp', true],
  ['temp', 'temp/a/b', true],
  ['temp', 'templates/a', false],
  ['temp', 'app/temp/a', false],
  ['**/temp', 'app/temp/a', true],
  ['**/temp', 'temp', true],
  ['**/temp', 'app/templates/a', false],
  ['.git', '.gitignore', false],
  ['.git', '.git/config', true],
  ['**/.git', 'sub/.gitignore', false],
  ['app/config/**', 'app/config/a/.env', true],
  ['app/config/**', 'app/config', false],
  ['app/config/**', 'app/config.old/a', false],
  ['app/config/', 'app/config/a', true],
  ['./app', 'app/x', true],
  ['*.log', 'a.log', true],
  ['*.log', '.log', true],
  ['*.log', 'sub/a.log', false],
  ['**/*.log', 'sub/deep/a.log', true],
  ['a/*/c', 'a/b/c', true],
  ['a/*/c', 'a/b/b/c', false],
  ['a/**/c', 'a/c', true],
  ['a/**/c', 'a/b/b/c', true],
  ['conf.{json,yaml}', 'conf.yaml', true],
  ['conf.{json,yaml}', 'conf.yml', false],
  ['file?.txt', 'file1.txt', true],
  ['file[0-9].txt', 'filex.txt', false],
  ['.{env,env.*}', '.env.local', true],
  ['!important', '!important', true],
  ['#notes', '#notes', true],
  ['a+b', 'a+b', true],
  ['**', 'anything/.at/all', true],
  ['*', '.hidden', true],
  ['', 'a', false],
])('W5: when the pattern is "%s", then "%s" matches: %s', (pattern, path, expected) => {
  expect(matchGlobs([pattern])(path)).toBe(expected)
})

test('when there are several patterns, then one of them is enough; without any, nothing matches', () => {
  expect(matchGlobs(['a', 'b'])('b/c')).toBe(true)
  expect(matchGlobs([])('a')).toBe(false)
})
