import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keptName, keptRepository, versionOfKept } from './kept.ts'

const run = 'r-7f3c12ab'

test('when a version is written into a name then it is read out of it again, whatever characters it has', () => {
  for (const version of ['1.2.3', '1.0.0-beta.3+build.5', 'latest@sha256:0123456789ab', '-x', '.5', 'a_5f', 'ä']) {
    expect(versionOfKept(keptName('scheduler', version, run))).toBe(version)
  }
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 20 }), (version) => {
      expect(versionOfKept(keptName('app', version, run))).toBe(Buffer.from(version).toString('utf8'))
    }),
  )
})

test('when a name is made then an engine takes it', () => {
  const pattern = /^belay\.local\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
  for (const component of ['app', 'a..b', 'x-', 'core_2']) {
    for (const version of [null, '-1', '.1', 'x'.repeat(300), 'latest@sha256:0123456789ab']) {
      expect(keptName(component, version, run)).toMatch(pattern)
    }
  }
  expect(keptRepository('a..b')).not.toBe(keptRepository('a.b'))
})

test('when a name is somebody else’s then it is none of ours', () => {
  expect(versionOfKept('belay.local/app:1.0.0')).toBeNull()
})
