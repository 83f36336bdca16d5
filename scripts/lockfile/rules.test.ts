import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { completeLock } from './complete.ts'
import { findLocked } from './lock.ts'
import { lockfileFaults } from './rules.ts'

const good = { version: '1.0.0', integrity: 'sha512-x' }

function faults(entry: object, manifest: object = { dependencies: { a: '1.0.0' } }): string[] {
  const lock = { packages: { '': { dependencies: { a: '1.0.0' } }, 'node_modules/a': entry } }
  return lockfileFaults(JSON.stringify(lock), JSON.stringify(manifest))
}

test('when every package has a hash and no address, then nothing is said', () => {
  expect(faults(good)).toStrictEqual([])
})

test.each([
  ['a download address', { ...good, resolved: 'https://registry.example/a.tgz' }, 'download address'],
  ['no hash', { version: '1.0.0' }, 'no integrity hash'],
  ['no hash and runs here', { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'] }, 'no integrity hash'],
  ['an install script', { ...good, hasInstallScript: true }, 'runs a script'],
  [
    'an optional package without an entry',
    { ...good, optionalDependencies: { 'b-win32-x64': '1.0.0' } },
    'has no entry',
  ],
])('when a package has %s, then it is named', (_, entry, words) => {
  expect(faults(entry)).toStrictEqual([expect.stringContaining(words)])
})

test('when package.json asks for another version or a range, then both are named', () => {
  expect(faults(good, { dependencies: { a: '^1.0.0' } })).toStrictEqual([
    expect.stringContaining('differ'),
    expect.stringContaining('is a range'),
  ])
})

test('when a folder of the clone is a workspace, then its link needs no hash, and its versions are pinned', () => {
  const lockOf = (link: object, range: string) => {
    const own = { name: 'a', devDependencies: { b: range } }
    return JSON.stringify({
      packages: { '': {}, web: own, 'node_modules/a': link, 'node_modules/b': good },
    })
  }
  expect(lockfileFaults(lockOf({ resolved: 'web', link: true }, '1.0.0'), '{}')).toStrictEqual([])
  expect(lockfileFaults(lockOf({ resolved: 'web', link: true }, '^1.0.0'), '{}')).toStrictEqual([
    expect.stringContaining('web: b: "^1.0.0" is a range'),
  ])
  expect(lockfileFaults(lockOf({ resolved: '../elsewhere', link: true }, '1.0.0'), '{}')).toHaveLength(2)
})

test('when the lockfile lists nothing, then that is a fault too', () => {
  expect(lockfileFaults('{"packages":{}}', '{}')).toHaveLength(1)
})

test('when a package is for a platform without a hash, then its entry says which, and nothing is left to say', () => {
  const parent = {
    ...good,
    dev: true,
    optionalDependencies: { 'b-linux-x64-musl': '1.0.0', 'b-darwin-arm64': '2.0.0' },
  }
  const packages = { '': { devDependencies: { a: '1.0.0' } }, 'node_modules/a': parent }
  const lock = completeLock({ packages })
  expect(lock.packages['node_modules/b-linux-x64-musl']).toStrictEqual({
    version: '1.0.0',
    cpu: ['x64'],
    optional: true,
    os: ['linux'],
    libc: ['musl'],
    dev: true,
  })
  expect(lockfileFaults(JSON.stringify(lock), JSON.stringify({ devDependencies: { a: '1.0.0' } }))).toStrictEqual([])
})

test('when a name does not tell its platform, then the lockfile is not completed by guessing', () => {
  const packages = { 'node_modules/a': { ...good, optionalDependencies: { b: '1.0.0' } } }
  expect(() => completeLock({ packages })).toThrow('asks for b@1.0.0')
})

test('when a package is installed more than once, then the nearest one counts', () => {
  const packages = { 'node_modules/a': good, 'node_modules/a/node_modules/b': good, 'node_modules/b': good }
  expect(findLocked(packages, 'node_modules/a', 'b')).toBe('node_modules/a/node_modules/b')
  expect(findLocked(packages, 'node_modules/a', 'a')).toBe('node_modules/a')
  expect(findLocked(packages, 'node_modules/@s/c', 'b')).toBe('node_modules/b')
  expect(findLocked(packages, 'node_modules/a', 'c')).toBeNull()
})

test('when the lockfile is the one of this clone, then it has no fault', () => {
  expect(lockfileFaults(readFileSync('package-lock.json', 'utf8'), readFileSync('package.json', 'utf8'))).toStrictEqual(
    [],
  )
})
