import { expect, test } from 'vitest'
import { parseVersion } from '../version/compare.ts'
import type { Scheme } from '../version/scheme.ts'
import { type Auto, reaches } from './auto.ts'

const commit = 'b387b2951a22'
const digest = `latest@sha256:${'0'.repeat(64)}`

test.each<[Scheme, string, string, readonly Auto[]]>([
  ['semver', '1.2.3', '1.2.4', ['patch', 'minor', 'all']],
  ['semver', '1.2.3', '1.2.4-rc.1', ['patch', 'minor', 'all']],
  ['semver', '1.2', '1.2.1', ['patch', 'minor', 'all']],
  ['semver', '1.2.3', '1.3.0', ['minor', 'all']],
  ['semver', '0.1.9', '0.2.0', ['minor', 'all']],
  ['semver', '1.9.9', '2.0.0', ['all']],
  ['pep440', '1.2.post1', '1.2.1', ['patch', 'minor', 'all']],
  ['pep440', '1.2.3', '1!1.2.3', ['all']],
  ['calver', '2026.1.5', '2026.1.6', ['patch', 'minor', 'all']],
  ['calver', '24.04', '24.10', ['minor', 'all']],
  ['calver', '2025.12.1', '2026.1.1', ['all']],
  ['loose', 'v10', 'v11', ['all']],
  ['loose', '1.2.3.4', '1.2.4.0', ['patch', 'minor', 'all']],
  ['digest', digest, digest.replace(':0', ':1'), ['all']],
  ['commit', commit, commit.replace('b', 'c'), ['all']],
])('when %s goes from %s to %s, then %j take it', (scheme, from, to, takers) => {
  const [before, after] = [parseVersion(from, scheme), parseVersion(to, scheme)]
  if (before === null || after === null) throw new Error('not a version')
  const all: readonly Auto[] = ['none', 'patch', 'minor', 'all']
  expect(all.filter((auto) => reaches(auto, before, after))).toEqual(takers)
})
