import { execFile } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { mayMount } from '../tree/testing.ts'
import { downloadedTo } from '../http/download.ts'
import { extract } from './extract.ts'
import type { ArchiveFormat } from './format.ts'
import { makeTar, makeZip, room, type TarEntry } from './testing.ts'

const run = promisify(execFile)

/** A small application as people pack it: programs, hidden files, links, a long name. */
function writeApp(dir: string): void {
  mkdirSync(join(dir, 'bin'), { recursive: true })
  mkdirSync(join(dir, 'lib', 'deep'.repeat(40)), { recursive: true })
  writeFileSync(join(dir, 'bin', 'run'), '#!/bin/sh\necho hello\n', { mode: 0o755 })
  writeFileSync(join(dir, 'README.md'), 'words\n', { mode: 0o644 })
  writeFileSync(join(dir, '.env.example'), '', { mode: 0o640 })
  writeFileSync(join(dir, 'lib', 'deep'.repeat(40), 'grüße.txt'), Buffer.alloc(300_000, 'content '))
  symlinkSync('../README.md', join(dir, 'bin', 'readme'))
  utimesSync(join(dir, 'README.md'), 1_700_000_000, 1_700_000_000)
}

/** type, permission bits, and content or target of everything below `dir`. */
function look(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(dir, name)
      const stat = lstatSync(path)
      if (stat.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`]
      const mode = (stat.mode & 0o7777).toString(8)
      return [name, stat.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(path, 'latin1')}`]
    }),
  )
}

const programs: readonly (readonly [string, ArchiveFormat, (file: string, what: string) => readonly string[]])[] = [
  ['tar -cz', 'tar.gz', (file, what) => ['tar', '-czf', file, what]],
  ['tar -cJ', 'tar.xz', (file, what) => ['tar', '-cJf', file, what]],
  ['tar --zstd', 'tar.zst', (file, what) => ['tar', '--zstd', '-cf', file, what]],
  ['tar --format=pax', 'tar', (file, what) => ['tar', '--format=pax', '-cf', file, what]],
  ['tar --format=gnu', 'tar', (file, what) => ['tar', '--format=gnu', '-cf', file, what]],
  ['zip --symlinks', 'zip', (file, what) => ['zip', '-qr', '--symlinks', file, what]],
]

test.each(programs)(
  'when %s packed an application with a top folder, then the same tree comes out',
  async (_, format, argv) => {
    await using here = await room()
    const app = join(here.dir, 'app-1.0.0')
    writeApp(app)
    const archive = join(here.dir, `packed.${format}`)
    const [program = '', ...args] = argv(archive, 'app-1.0.0')
    await run(program, args, { cwd: here.dir })

    const done = await extract({
      archive: downloadedTo(archive),
      format,
      to: here.to,
      signal: AbortSignal.timeout(5000),
    })

    expect(look(here.to)).toStrictEqual(look(app))
    expect(done).toStrictEqual({ files: 5, bytes: 300_027, top: 'app-1.0.0' })
    expect(lstatSync(join(here.to, 'README.md')).mtimeMs).toBe(1_700_000_000_000)
  },
)

const layouts: readonly (readonly [string, readonly string[], readonly string[], string | null])[] = [
  ['flat', ['requirements.txt', 'app/main.py'], ['app', 'app/main.py', 'requirements.txt'], null],
  [
    'under one folder',
    ['core/requirements.txt', 'core/app/main.py'],
    ['app', 'app/main.py', 'requirements.txt'],
    'core',
  ],
  ['under one folder, with dots', ['./core/a', './core/b'], ['a', 'b'], 'core'],
  ['flat, with dots', ['./a', './b/c'], ['a', 'b', 'b/c'], null],
  ['a folder that holds one of its own name', ['app/app/x', 'app/.hoist'], ['.hoist', 'app', 'app/x'], 'app'],
  ['a single file in a folder', ['app/x'], ['x'], 'app'],
  ['a single file', ['x'], ['x'], null],
  ['two folders', ['a/x', 'b/x'], ['a', 'a/x', 'b', 'b/x'], null],
]

test.each(layouts)(
  'D3: when the archive is %s, then the application lies at the root',
  async (_, names, expected, top) => {
    await using here = await room()
    const done = await here.unpack(await makeTar(names.map((name) => ({ name, content: name }))))

    expect(readdirSync(here.to, { recursive: true, encoding: 'utf8' }).toSorted()).toStrictEqual(expected)
    expect(done).toMatchObject({ files: names.length, top })
  },
)

test('D3: when a zip has a top folder, then it is stripped', async () => {
  await using here = await room()
  const done = await here.unpack(makeZip([{ name: 'app/' }, { name: 'app/a', content: 'a' }]))

  expect(readdirSync(here.to)).toStrictEqual(['a'])
  expect(done.top).toBe('app')
})

test('D4: when two archives are unpacked at once, then each has a folder of its own', async () => {
  await using here = await room()
  await using there = await room()
  const one = gzipSync(await makeTar([{ name: 'x', content: 'one' }]))
  const two = gzipSync(await makeTar([{ name: 'x', content: 'two' }]))

  await Promise.all([here.unpack(one), there.unpack(two)])

  expect([readFileSync(join(here.to, 'x'), 'utf8'), readFileSync(join(there.to, 'x'), 'utf8')]).toStrictEqual([
    'one',
    'two',
  ])
})

test('D4: when the folder to unpack into is already there, then nothing of it is touched', async () => {
  await using here = await room()
  mkdirSync(here.to)
  writeFileSync(join(here.to, 'x'), 'mine')

  await expect(here.unpack(await makeTar([{ name: 'x', content: 'theirs' }]))).rejects.toThrow('EEXIST')

  expect(look(here.to)).toStrictEqual({ x: '644 mine' })
})

test('when an archive was made by git, then its global header is no file', async () => {
  await using here = await room()
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd: here.dir })
  writeFileSync(join(here.dir, 'x'), 'x')
  await git('init', '-q')
  await git('add', 'x')
  await git('commit', '-qm', 'x')
  await git('archive', '--prefix=repo-1/', '-o', 'git.tar.gz', 'HEAD')

  const done = await here.unpack(await readFile(join(here.dir, 'git.tar.gz')))

  expect(done).toStrictEqual({ files: 1, bytes: 1, top: 'repo-1' })
})

test('A7-31: when the archive sets the setuid bit, closes a folder to its owner, or has no folder entries, then modes are sane', async () => {
  await using here = await room()
  await here.unpack(
    await makeTar([
      { name: 'suid', content: '', mode: 0o6755 },
      { name: 'closed', type: 'directory', mode: 0o055 },
      { name: 'implied/x', content: '', mode: 0o600 },
    ]),
  )

  expect(look(here.to)).toStrictEqual({
    closed: '755/',
    implied: '755/',
    'implied/x': '600 ',
    suid: '755 ',
  })
  expect(lstatSync(here.to).mode & 0o777).toBe(0o755)
})

test('when the archive names an owner, then files belong to whoever unpacks', async () => {
  await using here = await room()
  await here.unpack(await makeTar([{ name: 'x', content: '', uid: 4242, gid: 4242 }]))

  expect(lstatSync(join(here.to, 'x')).uid).toBe(process.getuid?.())
})

test.runIf(process.getuid?.() === 0)('when an owner is given, then files, folders and links belong to it', async () => {
  await using here = await room()
  const entries: TarEntry[] = [
    { name: 'a/x', content: '' },
    { name: 'a/l', type: 'symlink', linkname: 'x' },
  ]
  await here.unpack(await makeTar([...entries, { name: 'y', content: '' }]), { owner: { uid: 4242, gid: 4243 } })

  const owners = ['', 'a', 'a/x', 'a/l', 'y'].map((name) => {
    const { uid, gid } = lstatSync(join(here.to, name))
    return [uid, gid]
  })
  expect(owners).toStrictEqual(owners.map(() => [4242, 4243]))
})

test('when the archive holds hard links, then they share their content, also below a stripped folder', async () => {
  await using here = await room()
  await here.unpack(
    await makeTar([
      { name: 'app/h', type: 'link', linkname: 'app/x' },
      { name: 'app/x', content: 'shared' },
    ]),
  )

  expect(lstatSync(join(here.to, 'h')).ino).toBe(lstatSync(join(here.to, 'x')).ino)
})

test('when a link points inside, or to nothing inside, then it stays as it is written', async () => {
  await using here = await room()
  await here.unpack(
    await makeTar([
      { name: 'a/x', content: '' },
      { name: 'a/up', type: 'symlink', linkname: '../b' },
      { name: 'a/gone', type: 'symlink', linkname: 'not/there' },
      { name: 'b/through', type: 'symlink', linkname: '../a/up/../a/x' },
    ]),
  )

  expect(look(here.to)).toMatchObject({ 'a/up': '-> ../b', 'a/gone': '-> not/there', 'b/through': '-> ../a/up/../a/x' })
})

test('when a large file comes through a zip, then it is streamed and whole', async () => {
  await using here = await room()
  const content = Buffer.alloc(5_000_000, 'all kinds of words ')
  const done = await here.unpack(makeZip([{ name: 'big', content, method: 'deflated' }]))

  expect(done.bytes).toBe(content.length)
  expect(readFileSync(join(here.to, 'big')).equals(content)).toBe(true)
})

test('when it goes on, then progress counts the bytes of the archive up to all of them', async () => {
  await using here = await room()
  const seen: (readonly [number, number])[] = []
  const bytes = zstdCompressSync(await makeTar([{ name: 'x', content: Buffer.alloc(2_000_000, 'x') }]))
  await here.unpack(bytes, { progress: (done, of) => seen.push([done, of]) })

  expect(seen.length).toBeGreaterThan(1)
  expect(seen.at(-1)).toStrictEqual([bytes.length, bytes.length])
})

test.each(['tar.gz', 'zip'] as const)('when it is aborted during a %s, then it stops with that', async (format) => {
  await using here = await room()
  const content = Buffer.alloc(3_000_000, 'x')
  const entries = ['a', 'b', 'c'].map((name) => ({ name, content }))
  const stop = new AbortController()
  const bytes = format === 'zip' ? makeZip(entries) : gzipSync(await makeTar(entries))

  const { code } = await here.refusal(bytes, { format, signal: stop.signal, progress: () => stop.abort() })

  expect(code).toBe('E_CANCELLED')
  expect(readdirSync(here.to)).not.toContain('c')
})

test.runIf(mayMount())('when the disk is full, then that is what it says', async () => {
  await using here = await room()
  const disk = join(here.dir, 'disk')
  mkdirSync(disk)
  await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
  try {
    const bytes = gzipSync(await makeTar([{ name: 'x', content: Buffer.alloc(4_000_000, 'some words') }]))
    expect((await here.refusal(bytes, { to: join(disk, 'to') })).code).toBe('E_DISK_FULL')
  } finally {
    await run('umount', [disk])
  }
})
