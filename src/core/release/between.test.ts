import { expect, test } from 'vitest'
import { newestFirst, releasesBetween } from './between.ts'

const listed = (...versions: string[]) => versions.map((version) => ({ version }))
const texts = (releases: readonly { readonly version: string }[]) => releases.map(({ version }) => version)

test.each([
  ['two releases behind', '1.0.0', '1.2.0', ['1.2.0', '1.1.0']],
  ['the version that runs is not listed', '1.0.5', '1.2.0', ['1.2.0', '1.1.0']],
  ['nothing is installed', null, '1.2.0', ['1.2.0']],
  ['it is up to date', '1.2.0', '1.2.0', ['1.2.0']],
  ['older than everything that is listed', '0.1.0', '1.1.0', ['1.1.0', '1.0.0']],
  ['a newer one is held back', '1.0.0', '1.1.0', ['1.1.0']],
  ['the offered one is not listed', '1.0.0', '3.0.0', []],
])('when %s then the releases that were not read yet are given', (_, from, to, expected) => {
  expect(texts(releasesBetween(listed('1.1.0', 'latest', '1.2.0', '1.0.0'), from, to, 'semver'))).toEqual(expected)
})

test('when versions are commits then they stay in the order of the branch', () => {
  const commits = listed('cccccccccccc', 'bbbbbbbbbbbb', 'aaaaaaaaaaaa')
  expect(texts(releasesBetween(commits, 'aaaaaaaaaaaa', 'cccccccccccc', 'commit'))).toEqual([
    'cccccccccccc',
    'bbbbbbbbbbbb',
  ])
  expect(newestFirst(commits, 'commit')).toEqual(commits)
})
