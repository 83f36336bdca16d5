import { chmodSync, mkdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { blobId, sha256Of } from './blob-id.ts'
import { type LocalTreeRequest, readLocalTree } from './local-tree.ts'
import { hashFiles } from './hash-files.ts'
import { hashAll } from './work.ts'

const signal = new AbortController().signal
const helpdesk = (name: string) => `${import.meta.dirname}/../../../test/fixtures/helpdesk/${name}`

const read = (root: string, paths: readonly string[], more: Partial<LocalTreeRequest> = {}) =>
  readLocalTree({ root, paths, format: 'sha1', cacheFile: null, full: false, expected: () => null, signal, ...more })

describe('an object id', () => {
  // As `git hash-object` says.
  test.each([
    ['', 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'],
    ['x', 'c1b0730e0133447badcfd47fd144e254807b06e1'],
    ['a\r\nb\r\n', 'c30dea8a3641ea99b125d04d599d843712292759'],
    ['ü'.repeat(3_000_000), 'af539408b45e2409c14a6419a2a6fc2727432513'],
  ])('when git names the content %#, then it is the same id', (content, id) => {
    expect(blobId(Buffer.from(content), 'sha1')).toBe(id)
  })

  test.each([
    ['requirements.utf16.txt', 'requirements.txt'],
    ['env.example', '.env.example'],
  ])('when %s is the real file, then it has the id of the real listing', async (name, path) => {
    const listing = (await readFile(helpdesk('tree-b387b29.tsv'), 'utf8')).split('\n')
    const id = listing.find((line) => line.endsWith(`\t${path}`))?.split(/\s+/)[2]
    expect(blobId(await readFile(helpdesk(name)), 'sha1')).toBe(id)
    expect((hashAll([{ path: helpdesk(name), sha256: null }], 'sha1')[0] as { blob: string }).blob).toBe(id)
  })

  test('when the repository counts in SHA-256, then so do its ids', () => {
    expect(blobId(Buffer.from(''), 'sha256')).toBe('473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813')
  })
})

test('when files, links and folders stand there, then each is told as git would name it', async () => {
  await using here = await room()
  here.plant({
    'a/b.txt': 'one\r\ntwo\r\n',
    'bin.dat': 'a\0\r\n',
    link: '-> a/b.txt',
    'folder/x': '',
    'media-real/m': '1',
  })
  symlinkSync('media-real', here.at('media'))
  const found = await read(here.dir, [
    'a/b.txt',
    'bin.dat',
    'link',
    'folder',
    'none',
    'bin.dat/x',
    'no/x',
    'media/m',
    'folder/x',
  ])
  const text = Buffer.from('one\r\ntwo\r\n')
  expect(found.get('a/b.txt')).toEqual({
    kind: 'file',
    blob: blobId(text, 'sha1'),
    lf: blobId(Buffer.from('one\ntwo\n'), 'sha1'),
    sha256: sha256Of(text),
    bytes: 10,
    mode: 0o644,
  })
  expect(found.get('bin.dat')).toMatchObject({ lf: null })
  expect(found.get('link')).toEqual({ kind: 'link', target: 'a/b.txt', blob: blobId(Buffer.from('a/b.txt'), 'sha1') })
  expect(found.get('folder')).toEqual({ kind: 'folder' })
  expect(['none', 'bin.dat/x', 'no/x'].map((path) => found.get(path)?.kind)).toEqual(['absent', 'absent', 'absent'])
  expect(found.get('media/m')).toEqual({ kind: 'behind-link', link: 'media' })
  expect(found.get('folder/x')).toMatchObject({ blob: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391', bytes: 0 })
})

test('when a worker reads them, then the answers are those of a reading here', async () => {
  await using here = await room()
  here.plant(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}`, `${i}\r\n`.repeat(i)])))
  writeFileSync(here.at('large'), Buffer.alloc(70 * 1024 * 1024, 'x'))
  const jobs = [...Array.from({ length: 20 }, (_, i) => `f${i}`), 'large', 'none'].map((name) => ({
    path: here.at(name),
    sha256: null,
  }))
  const bytes = 64 * 1024 * 1024
  const [there, own] = [await hashFiles({ jobs, format: 'sha1', bytes, signal }), hashAll(jobs, 'sha1')]
  expect(there).toEqual(own)
  expect(own[20]).toMatchObject({
    bytes: 70 * 1024 * 1024,
    blob: 'fe25e1bc9a04a03c200fda6ca85ee1ce6c2ed9bb',
  })
  expect(own[21]).toEqual({ errno: 'ENOENT' })
  const ended = AbortSignal.abort()
  await expect(hashFiles({ jobs, format: 'sha1', bytes, signal: ended })).rejects.toMatchObject({
    problem: { code: 'E_CANCELLED' },
  })
})

describe('what was read is kept', () => {
  async function bed() {
    const here = await room()
    here.plant({ 'tree/a': 'one', 'tree/b': 'two' })
    const cacheFile = here.at('state/c')
    const blobs = async (more: Partial<LocalTreeRequest> = {}) => {
      const found = await read(here.at('tree'), ['a', 'b'], { cacheFile, nowMs: Date.now() + 60_000, ...more })
      return ['a', 'b'].map((path) => (found.get(path) as { blob: string }).blob)
    }
    /** Says other ids for what it knows, so that it shows what was not read again. */
    const lie = async () => {
      const text = await readFile(cacheFile, 'latin1')
      await writeFile(cacheFile, text.replaceAll(/"blobs":\[[^\]]*\]/g, '"blobs":["lie-a","lie-b"]'), 'latin1')
    }
    return { here, blobs, lie, cacheFile, [Symbol.asyncDispose]: () => here[Symbol.asyncDispose]() }
  }
  test('when nothing was written since, then nothing is read; and all is, where it is asked for', async () => {
    await using bench = await bed()
    const real = await bench.blobs()
    await bench.lie()
    expect(await bench.blobs()).toEqual(['lie-a', 'lie-b'])
    expect(await bench.blobs({ full: true })).toEqual(real)
    await bench.lie()
    expect(await bench.blobs({ format: 'sha256' })).not.toContain('lie-a')
  })

  test('when a file was written, replaced or changed its times, then it is read again', async () => {
    await using bench = await bed()
    const [, b] = await bench.blobs()
    await bench.lie()
    // Same size, same mtime: its ctime tells.
    const { mtime } = statSync(bench.here.at('tree/a'))
    writeFileSync(bench.here.at('tree/a'), 'eno')
    utimesSync(bench.here.at('tree/a'), mtime, mtime)
    expect(await bench.blobs()).toEqual([blobId(Buffer.from('eno'), 'sha1'), 'lie-b'])
    writeFileSync(bench.here.at('tree/other'), 'two')
    renameSync(bench.here.at('tree/other'), bench.here.at('tree/b'))
    expect((await bench.blobs())[1]).toBe(b)
  })

  test('when a file was written in the moment of the reading, then it is not believed (git: racy)', async () => {
    await using bench = await bed()
    await bench.blobs({ nowMs: Date.now() })
    expect((await readFile(bench.cacheFile, 'utf8')).split('\n')[0]).toContain('"files":0')
  })

  test.each([
    '',
    '{',
    '[]',
    '{"v":1,"format":"sha1"}',
    '{"v":1,"format":"sha1","files":2,"pathBytes":3}\n',
    '{"v":1,"format":"sha1","files":9e9,"pathBytes":3}\n',
  ])('when it is damaged to %j, then all is read', async (text) => {
    await using bench = await bed()
    mkdirSync(bench.here.at('state'))
    await writeFile(bench.cacheFile, text)
    expect(await bench.blobs()).toEqual(['one', 'two'].map((content) => blobId(Buffer.from(content), 'sha1')))
  })

  test('when it cannot be kept, then that fails nothing', async () => {
    await using bench = await bed()
    expect(await bench.blobs({ cacheFile: bench.here.at('tree/a/x') })).toHaveLength(2)
  })
})

test('when a file holds what was expected, then its second id is not computed', async () => {
  await using here = await room()
  here.plant({ a: 'one', b: 'two' })
  const expected = () => ({ sha256: sha256Of(Buffer.from('one')), blob: 'as recorded' })
  const found = await read(here.dir, ['a', 'b'], { expected })
  expect(found.get('a')).toMatchObject({ blob: 'as recorded' })
  expect(found.get('b')).toMatchObject({ blob: blobId(Buffer.from('two'), 'sha1') })
})

test('when a file may not be read, then that is an error and not an absence', async () => {
  await using here = await room()
  here.plant({ a: 'one' })
  chmodSync(here.dir, 0o755)
  chmodSync(here.at('a'), 0)
  // Root may read everything.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.('nobody')
  try {
    await expect(read(here.dir, ['a'])).rejects.toMatchObject({ code: 'EACCES' })
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})
