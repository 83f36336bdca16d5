import { basename, dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { folderName, ofRun, sidecar, slotPaths, versionOfFolder } from './layout.ts'
import { run } from './testing.ts'

test.each([
  ['1.2.3', '1.2.3'],
  ['1.2.3-rc.1+build', '1.2.3-rc.1+build'],
  ['release/2026', 'release_2026'],
  ['../../etc', 'etc'],
  ['..', 'unknown'],
  ['.hidden', 'hidden'],
  ['1.0~r-00000001', '1.0_r-00000001'],
  ['', 'unknown'],
  ['a\0b', 'a_b'],
  ['x'.repeat(300), 'x'.repeat(100)],
])('when a version is %j, then its folder is %j, and never another place', (version, folder) => {
  const name = folderName(version)
  expect(name).toBe(folder)
  expect(dirname(normalize(join('/opt/app/releases', name)))).toBe('/opt/app/releases')
})

test('when the version is unknown, then its folder says so, and is read so', () => {
  expect(folderName(null)).toBe('unknown')
  expect(versionOfFolder('unknown')).toBeNull()
  expect(versionOfFolder(ofRun('unknown', run))).toBeNull()
})

test('when a folder was named by a run, then its version is what stands before', () => {
  expect(ofRun('1.0.4', run)).toBe('1.0.4~r-00000001')
  expect(versionOfFolder('1.0.4~r-00000001')).toBe('1.0.4')
  expect(versionOfFolder('1.0.4')).toBe('1.0.4')
})

test('when a place is named, then its folders follow: slots inside, the rest beside it', () => {
  expect(slotPaths('/opt/app')).toEqual({ releases: '/opt/app/releases', link: '/opt/app/current' })
  expect(sidecar('/opt/app')).toBe('/opt/.app.belay')
  expect(basename(sidecar('/app'))).toBe('.app.belay')
})
