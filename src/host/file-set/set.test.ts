import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { type FileSet, readFileSet, writeFileSet } from './set.ts'
import { sameContent, sameState, stateOf } from './state.ts'

const state = { kind: 'file', sha256: 'a'.repeat(64), bytes: 1, mode: 0o644 } as const

test('when a set was written, then it is read back as it was, odd names included', async () => {
  await using here = await room()
  const set: FileSet = {
    v: 1,
    root: '/srv/app',
    changes: [
      { path: '-rf', from: null, to: state },
      { path: 'Übersicht mit Leerzeichen \uf03a.txt', from: state, to: null },
      { path: 'link', from: { kind: 'dir', mode: 0o755 }, to: { kind: 'link', target: '../x' } },
    ],
  }
  expect(await readFileSet(here.at('set'))).toBeNull()
  await writeFileSet(here.at('set'), set)
  expect(await readFileSet(here.at('set'))).toEqual(set)
})

test.each(['', '/etc/passwd', '../x', 'a/../b', 'a//b', './a', 'a/', 'a\0b'])(
  'H7: when a path is %j, then no set with it is written, and none is read',
  async (path) => {
    await using here = await room()
    const set: FileSet = { v: 1, root: '/srv/app', changes: [{ path, from: null, to: state }] }
    await expect(writeFileSet(here.at('set'), set)).rejects.toMatchObject({ problem: { code: 'E_PATH_INVALID' } })
    mkdirSync(here.at('set'))
    writeFileSync(here.at('set/changes.json'), JSON.stringify(set))
    await expect(readFileSet(here.at('set'))).rejects.toMatchObject({ problem: { code: 'E_IO' } })
  },
)

test('when something is looked at, then it says what it is, and links are not followed', async () => {
  await using here = await room()
  here.plant({ 'a.txt': 'abc', 'dir/': '', link: '-> a.txt' })
  expect(stateOf(here.at('a.txt'))).toMatchObject({
    kind: 'file',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    bytes: 3,
  })
  expect(stateOf(here.at('dir'))?.kind).toBe('dir')
  expect(stateOf(here.at('link'))).toEqual({ kind: 'link', target: 'a.txt' })
  expect(stateOf(here.at('none'))).toBeNull()
  expect(stateOf(here.at('a.txt/none'))).toBeNull()
})

test('when two states are compared, then a mode alone is another state with the same content', () => {
  expect(sameContent(state, { ...state, mode: 0o600 })).toBe(true)
  expect(sameState(state, { ...state, mode: 0o600 })).toBe(false)
  expect(sameContent(null, state)).toBe(false)
  expect(sameState(null, null)).toBe(true)
  expect(sameContent({ kind: 'link', target: 'a' }, { kind: 'link', target: 'b' })).toBe(false)
})
