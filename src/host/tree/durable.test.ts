import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { atomicWrite, renameDurable, replaceLink } from './durable.ts'
import { syncTree } from './sync.ts'
import { look, room } from './testing.ts'

test('when a file is written, then it has its content and mode, and the leftover of a crash is gone', async () => {
  await using here = await room()
  here.plant({ file: 'old', '.file~run1': 'torn' })

  await atomicWrite(here.at('file'), 'new', { mode: 0o604, temporary: here.at('.file~run1') })

  expect(look(here.dir)).toStrictEqual({ file: '604 new' })
})

test('when a link lies where the temporary file goes, then nothing is written through it', async () => {
  await using here = await room()
  here.plant({ victim: 'mine', '.tmp': '-> victim' })

  await atomicWrite(here.at('file'), 'new', { mode: 0o644, temporary: here.at('.tmp') })

  expect(look(here.dir)).toStrictEqual({ file: '644 new', victim: '644 mine' })
})

test('when a file cannot be put in place, then the old one stays and nothing is left behind', async () => {
  await using here = await room()
  here.plant({ 'folder/x': 'x' })

  await expect(atomicWrite(here.at('folder'), 'new', { mode: 0o644 })).rejects.toThrow()

  expect(readdirSync(here.dir)).toStrictEqual(['folder'])
})

test('when others read while a file is replaced, then they see the old or the new one, whole', async () => {
  await using here = await room()
  const [old, next] = ['o'.repeat(100_000), 'n'.repeat(100_000)]
  writeFileSync(here.at('file'), old)
  const seen = new Set<string>()

  const progress = { done: false }
  const writer = atomicWrite(here.at('file'), next, { mode: 0o644 }).finally(() => {
    progress.done = true
  })
  while (!progress.done) {
    seen.add(readFileSync(here.at('file'), 'utf8'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await writer
  seen.add(readFileSync(here.at('file'), 'utf8'))

  expect([...seen].filter((content) => content !== old && content !== next)).toStrictEqual([])
  expect(seen.has(next)).toBe(true)
})

test.runIf(process.getuid?.() === 0)('when an owner is given, then the file belongs to it', async () => {
  await using here = await room()
  await atomicWrite(here.at('file'), '', { mode: 0o600, owner: { uid: 4242, gid: 4243 } })

  expect(statSync(here.at('file'))).toMatchObject({ uid: 4242, gid: 4243 })
})

test('when a link is replaced, then it points elsewhere at once, also after a crash that left its temporary', async () => {
  await using here = await room()
  here.plant({ current: '-> releases/1', '.current~run1': '-> releases/0' })

  replaceLink(here.at('current'), 'releases/2', here.at('.current~run1'))

  expect(readlinkSync(here.at('current'))).toBe('releases/2')
  expect(readdirSync(here.dir)).toStrictEqual(['current'])
})

test('when a folder stands where a link should be, then it is not replaced', async () => {
  await using here = await room()
  here.plant({ 'current/x': 'x' })

  expect(() => replaceLink(here.at('current'), 'releases/2', here.at('.tmp'))).toThrow()

  expect(lstatSync(here.at('current')).isDirectory()).toBe(true)
})

test('when a tree is renamed to another folder, then it is there whole', async () => {
  await using here = await room()
  here.plant({ 'a/tree/x': 'x', 'b/': '' })

  await renameDurable(here.at('a/tree'), here.at('b/tree'))

  expect(look(here.dir)).toStrictEqual({ a: '755/', b: '755/', 'b/tree': '755/', 'b/tree/x': '644 x' })
})

test('when a tree is synced, then it works with the program and without it, also for files that only root may read', async () => {
  await using here = await room()
  here.plant({ 'tree/a/b': 'b', 'tree/l': '-> nowhere' })
  chmodSync(here.at('tree/a/b'), 0o400)

  await syncTree(here.at('tree'))
  await syncTree(here.at('tree'), 'no-such-program')
  await expect(syncTree(here.at('gone'))).rejects.toThrow('ENOENT')
})
