import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readInside } from './read-inside.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-inside-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function tree(version: number): Promise<void> {
  await mkdir(join(dir, String(version)))
  await writeFile(join(dir, String(version), 'VERSION'), String(version))
}

async function lead(version: number): Promise<void> {
  await symlink(String(version), join(dir, `.current~${version}`))
  await rename(join(dir, `.current~${version}`), join(dir, 'current'))
}

const read = (path = 'VERSION') => readInside(join(dir, 'current'), path, 1000)

test('when a link is switched while its tree is read, then the text of one tree comes, though the other goes away at once', async () => {
  await tree(0)
  await lead(0)
  const over = { yet: false }
  const switching = (async () => {
    for (let version = 1; version <= 300; version += 1) {
      await tree(version)
      await lead(version)
      await rename(join(dir, String(version - 1)), join(dir, `gone-${version - 1}`))
    }
  })().finally(() => (over.yet = true))
  const seen: (number | null)[] = []
  while (!over.yet) {
    const text = await read()
    seen.push(text === null ? null : Number(text))
  }
  await switching
  expect(seen).not.toContain(null)
  expect(seen.length).toBeGreaterThan(10)
  expect(seen).toEqual(seen.toSorted((a, b) => (a ?? 0) - (b ?? 0)))
})

test('when there is no tree, no such file, a folder, or too much of it, then there is no text', async () => {
  expect(await read()).toBe(null)
  await tree(1)
  await lead(1)
  await mkdir(join(dir, '1', 'folder'))
  await writeFile(join(dir, '1', 'long'), 'x'.repeat(1001))
  expect(await read()).toBe('1')
  expect([await read('none'), await read('folder'), await read('VERSION/x'), await read('long')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})

test('when a link or a path leads out of the tree, then there is no text', async () => {
  await tree(1)
  await tree(2)
  await lead(1)
  await symlink('../2/VERSION', join(dir, '1', 'link'))
  expect([await read('link'), await read('../2/VERSION'), await read('/etc/hostname')]).toEqual([null, null, null])
})
