import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { extract } from '../../host/archive/extract.ts'
import { downloadedTo } from '../../host/http/download.ts'
import { listTree } from '../../host/tree/hash.ts'
import { packTree } from './pack.ts'

const signal = new AbortController().signal

async function room() {
  const dir = await mkdtemp(join(tmpdir(), 'belay-pack-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const tree = join(dir, 'tree')
  await mkdir(tree)
  const add = async (name: string, content: string | Uint8Array, mode = 0o644) => {
    await mkdir(dirname(join(tree, name)), { recursive: true })
    await writeFile(join(tree, name), content)
    await chmod(join(tree, name), mode)
  }
  const pack = (epochSeconds = 0) =>
    packTree({ dir: tree, top: 'app-1.0.0', to: join(dir, 'out', 'app.tar.zst'), epochSeconds, signal })
  return { dir, tree, add, pack, file: join(dir, 'out', 'app.tar.zst') }
}

const content: readonly (readonly [string, string, number])[] = [
  ['VERSION', '1.0.0\n', 0o644],
  ['bin/app', '#!/bin/sh\n', 0o755],
  ['bin/öffnen', 'ü', 0o644],
  [`deep/${'long-name/'.repeat(15)}file`, 'x', 0o644],
  ['Upper', 'A', 0o644],
]

test('when the same content lies in another folder, in another order, with other times and a stricter umask, then the bytes are the same', async () => {
  const [one, two] = [await room(), await room()]
  for (const [name, text, mode] of content) await one.add(name, text, mode)
  for (const [name, text, mode] of content.toReversed()) await two.add(name, text, mode & 0o700)
  for (const [{ tree }, target] of [
    [one, 'bin/app'],
    [two, 'bin/app'],
  ] as const)
    await symlink(target, join(tree, 'run'))
  await mkdir(join(one.tree, 'empty'))
  await mkdir(join(two.tree, 'empty'), { mode: 0o700 })
  await utimes(join(two.tree, 'VERSION'), 1_000_000, 1_000_000)
  const [first, second] = [await one.pack(), await two.pack()]
  expect(second).toStrictEqual(first)
  expect(await readFile(two.file)).toStrictEqual(await readFile(one.file))
  // On every machine: a change of it means that nobody can make old releases again.
  expect(first.manifest).toBe(manifest)
  expect(first.sha256).toBe(sha256)
})

const manifest = '8a6af3d8fdbf9e0ff829c2678c2b85ed9201552ed72f0f11fbcbf62d3c203cd5'
const sha256 = '483e2b16e38dc681128b25d1724115c5f035b0aedccc3a5d43b8f4eddd6e6d37'

test('when it is unpacked by belay, then the tree is there again, its modes made plain', async () => {
  const { dir, add, pack, file, tree } = await room()
  for (const [name, text] of content) await add(name, text, name === 'bin/app' ? 0o4750 : 0o600)
  await symlink('bin/app', join(tree, 'run'))
  await pack(1_700_000_000)
  const to = join(dir, 'to')
  expect(await extract({ archive: downloadedTo(file), format: 'tar.zst', to, signal })).toMatchObject({
    top: 'app-1.0.0',
  })
  const there = await listTree(to)
  expect(there.map(({ path }) => path)).toStrictEqual((await listTree(tree)).map(({ path }) => path))
  const modes = Object.fromEntries(there.map(({ path, mode }) => [path, mode.toString(8)]))
  expect(modes).toMatchObject({ VERSION: '644', bin: '755', 'bin/app': '755' })
  expect(await readFile(join(to, 'bin/öffnen'), 'utf8')).toBe('ü')
})

type Room = Awaited<ReturnType<typeof room>>

const refusals: readonly (readonly [string, string, (room: Room) => Promise<unknown>])[] = [
  ['holds nothing', 'E_ARCHIVE_FORMAT', () => Promise.resolve()],
  ['has a link out of it', 'E_ARCHIVE_HOSTILE', ({ tree }) => symlink('../../etc/passwd', join(tree, 'out'))],
  ['has an absolute link', 'E_ARCHIVE_HOSTILE', ({ tree }) => symlink('/etc/passwd', join(tree, 'out'))],
  [
    'has a link that leaves through another',
    'E_ARCHIVE_HOSTILE',
    async ({ tree, add }) => {
      await add('a/b/file', '')
      await symlink('a/b', join(tree, 'down'))
      await symlink('down/../../..', join(tree, 'up'))
    },
  ],
  [
    'has two names that differ in case alone',
    'E_ARCHIVE_HOSTILE',
    async ({ add }) => {
      await add('README', '')
      await add('readme', '')
    },
  ],
  [
    'has two names that differ in how they are composed',
    'E_ARCHIVE_HOSTILE',
    async ({ add }) => {
      await add('caf\u00e9', '')
      await add('cafe\u0301', '')
    },
  ],
  ['has a backslash in a name', 'E_ARCHIVE_HOSTILE', ({ add }) => add('a\\b', '')],
  ['has a line break in a name', 'E_ARCHIVE_HOSTILE', ({ add }) => add('a\nb', '')],
  ['has a pipe', 'E_ARCHIVE_FORMAT', async ({ tree }) => execFileSync('mkfifo', [join(tree, 'pipe')])],
]

test.each(refusals)('A7-31: when a tree %s, then nothing is built', async (_, code, spoil) => {
  const made = await room()
  if (code === 'E_ARCHIVE_HOSTILE') await made.add('VERSION', '1')
  await spoil(made)
  await expect(made.pack()).rejects.toMatchObject({
    problem: { code, hint: expect.stringMatching(/^Nothing was built/) },
  })
  expect(await readdir(join(made.dir, 'out'))).toStrictEqual([])
})
