import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { lockfileFaults } from './lockfile.rules.ts'

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
  ['an install script', { ...good, hasInstallScript: true }, 'runs a script'],
])('when a package has %s, then it is named', (_, entry, words) => {
  expect(faults(entry)).toStrictEqual([expect.stringContaining(words)])
})

test('when package.json asks for another version or a range, then both are named', () => {
  expect(faults(good, { dependencies: { a: '^1.0.0' } })).toStrictEqual([
    expect.stringContaining('differ'),
    expect.stringContaining('is a range'),
  ])
})

test('when the lockfile lists nothing, then that is a fault too', () => {
  expect(lockfileFaults('{"packages":{}}', '{}')).toHaveLength(1)
})

test('when the lockfile is the one of this clone, then it has no fault', () => {
  expect(lockfileFaults(readFileSync('package-lock.json', 'utf8'), readFileSync('package.json', 'utf8'))).toStrictEqual(
    [],
  )
})
