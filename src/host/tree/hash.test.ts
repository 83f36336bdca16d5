import { chmodSync, linkSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dirBytes, hashTree, listTree } from './hash.ts'
import { room, type Room } from './testing.ts'

const files = { 'tree/a': 'a', 'tree/b/c': 'cc', 'tree/l': '-> a' }

const changes: readonly (readonly [string, (here: Room) => void])[] = [
  ['content', (here) => writeFileSync(here.at('tree/a'), 'x')],
  ['a name', (here) => renameSync(here.at('tree/a'), here.at('tree/z'))],
  ['a place', (here) => renameSync(here.at('tree/b/c'), here.at('tree/c'))],
  ['a mode', (here) => chmodSync(here.at('tree/a'), 0o755)],
  ['the mode of a folder', (here) => chmodSync(here.at('tree/b'), 0o700)],
  ['an empty folder', (here) => here.plant({ 'tree/new/': '' })],
  ['a missing file', (here) => rmSync(here.at('tree/a'))],
  ['where a link points', (here) => [rmSync(here.at('tree/l')), symlinkSync('b', here.at('tree/l'))]],
]

test.each(changes)('when a tree differs in %s, then its hash does', async (_, change) => {
  await using here = await room()
  here.plant(files)
  const before = await hashTree(here.at('tree'))
  change(here)

  expect(await hashTree(here.at('tree'))).not.toBe(before)
})

test('when trees are equal but for times, order of making or what is left out, then their hashes are', async () => {
  await using here = await room()
  here.plant(files)
  here.plant({ 'other/l': '-> a', 'other/b/c': 'cc', 'other/a': 'a', 'other/cache/x': 'x' })
  utimesSync(here.at('other/a'), 1, 1)

  const other = await hashTree(here.at('other'), { exclude: ['cache'] })
  expect(other).toBe(await hashTree(here.at('tree')))
  expect(other).toMatch(/^[0-9a-f]{64}$/)
})

test('when modes are left out, then they do not matter', async () => {
  await using here = await room()
  here.plant(files)
  const before = await hashTree(here.at('tree'), { modes: false })
  chmodSync(here.at('tree/a'), 0o755)

  expect(await hashTree(here.at('tree'), { modes: false })).toBe(before)
})

test('when content moves over the border of two names, then the hash changes', async () => {
  await using here = await room()
  here.plant({ 'one/a': 'b', 'two/ab': '' })

  expect(await hashTree(here.at('one'))).not.toBe(await hashTree(here.at('two')))
})

test('when a tree is listed, then it comes sorted, with kinds, sizes and targets', async () => {
  await using here = await room()
  here.plant(files)

  expect(await listTree(here.at('tree'))).toStrictEqual([
    { path: 'a', kind: 'file', mode: 0o644, bytes: 1, target: null },
    { path: 'b', kind: 'folder', mode: 0o755, bytes: 0, target: null },
    { path: 'b/c', kind: 'file', mode: 0o644, bytes: 2, target: null },
    { path: 'l', kind: 'link', mode: 0o777, bytes: 0, target: 'a' },
  ])
})

test('when a tree is measured, then hard links count once and links not at all', async () => {
  await using here = await room()
  here.plant(files)
  linkSync(here.at('tree/b/c'), here.at('tree/again'))

  expect(await dirBytes(here.at('tree'))).toBe(3)
})
