import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { expand } from './expand.ts'
import { type ArchiveFormat, formatOf } from './format.ts'
import { archiveLimits } from './limits.ts'
import { makeTar, makeZip, room } from './testing.ts'
import { expandXz } from './xz.ts'

// Noise does not compress: the archive is as long as its content, and a cut lands in it.
const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (Math.imul(index, 2654435761) >>> 13) & 255))
const entries = [
  { name: 'app/a', content: noise },
  { name: 'app/b', content: noise },
]
const tar = await makeTar(entries)
// As the zstd program does it: with a checksum.
const zstd = (bytes: Buffer): Buffer => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })
const xz = (bytes: Buffer): Buffer => execFileSync('xz', ['-c'], { input: bytes })

const archives: readonly (readonly [ArchiveFormat, Buffer])[] = [
  ['tar', tar],
  ['tar.gz', gzipSync(tar)],
  ['tar.zst', zstd(tar)],
  ['tar.xz', xz(tar)],
  ['zip', makeZip(entries.map((entry) => ({ ...entry, method: 'deflated' as const })))],
]

test.each(archives)('when a %s is cut anywhere, then it is damaged, never a smaller archive', async (format, bytes) => {
  await using here = await room()
  const codes = new Set<string>()
  const end = format === 'tar' ? bytes.length - 1024 : bytes.length
  for (const part of [0.3, 0.5, 0.9]) {
    const to = join(here.dir, `to-${part}`)
    codes.add((await here.refusal(bytes.subarray(0, Math.floor(end * part)), { format, to })).code)
  }
  codes.add((await here.refusal(bytes.subarray(0, end - 1), { format, to: join(here.dir, 'to-last') })).code)

  expect([...codes]).toStrictEqual(['E_ARCHIVE_CORRUPT'])
})

test.each(archives.slice(1))('when a bit of a %s is flipped, then it is damaged', async (format, bytes) => {
  await using here = await room()
  const codes = new Set<string>()
  for (const part of [0.2, 0.5, 0.7]) {
    const flipped = Buffer.from(bytes)
    const at = Math.floor(bytes.length * part)
    flipped.writeUInt8(flipped.readUInt8(at) ^ 0x10, at)
    codes.add((await here.refusal(flipped, { format, to: join(here.dir, `to-${part}`) })).code)
  }

  expect([...codes]).toStrictEqual(['E_ARCHIVE_CORRUPT'])
})

test('when a tar is cut between two entries, then it is damaged', async () => {
  await using here = await room()
  const second = tar.indexOf('app/b')

  expect((await here.refusal(tar.subarray(0, second))).code).toBe('E_ARCHIVE_CORRUPT')
})

test('when a header of a tar is damaged, then it is damaged', async () => {
  await using here = await room()
  const flipped = Buffer.from(tar)
  flipped.write('c', tar.indexOf('app/b') + 4)

  expect((await here.refusal(flipped)).code).toBe('E_ARCHIVE_CORRUPT')
})

const behind: readonly (readonly [string, Buffer])[] = [
  ['padding', Buffer.alloc(20_000)],
  ['garbage', Buffer.from('garbage '.repeat(200))],
  ['another archive', await makeTar([{ name: '../outside', content: 'evil' }])],
]

test.each(behind)('when %s lies behind the end of a tar, then nobody looks at it', async (_, bytes) => {
  await using here = await room()

  expect(await here.unpack(Buffer.concat([tar, bytes]))).toMatchObject({ files: 2, top: 'app' })
})

test.each(['tar.gz', 'tar.zst', 'tar.xz'] as const)(
  'when garbage lies behind a %s, then it is damaged',
  async (format) => {
    await using here = await room()
    const bytes = archives.find(([one]) => one === format)?.[1] ?? tar

    const { code } = await here.refusal(Buffer.concat([bytes, Buffer.from('garbage '.repeat(9))]), { format })

    expect(code).toBe('E_ARCHIVE_CORRUPT')
  },
)

test('when a zstd archive is made of several frames, then all of them are read', async () => {
  await using here = await room()
  const skippable = Buffer.from('502a4d180400000061626364', 'hex')
  const cuts = [0, 700, 60_000, tar.length]
  const frames = cuts.slice(1).map((end, index) => zstdCompressSync(tar.subarray(cuts[index], end)))

  const done = await here.unpack(Buffer.concat([skippable, ...frames, skippable]), { format: 'tar.zst' })

  expect(done).toStrictEqual({ files: 2, bytes: 100_000, top: 'app' })
  expect(readFileSync(join(here.to, 'b')).equals(noise)).toBe(true)
})

test('when a gzip archive is made of several members, then all of them are read', async () => {
  await using here = await room()
  const bytes = Buffer.concat([gzipSync(tar.subarray(0, 700)), gzipSync(tar.subarray(700))])

  expect(await here.unpack(bytes)).toMatchObject({ files: 2 })
})

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const chunk of chunks) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts)
}

test('when there is no xz program, then the decoder in WebAssembly gives the same bytes', async () => {
  await using here = await room()
  const path = join(here.dir, 'x.tar.xz')
  writeFileSync(path, xz(tar))
  const { signal } = new AbortController()

  const [program, wasm] = [expand(path, 'tar.xz', archiveLimits, signal), expandXz(path, signal, 'no-such-program')]

  expect((await all(program.chunks)).equals(tar)).toBe(true)
  expect((await all(wasm.chunks)).equals(tar)).toBe(true)
})

test('when there is no xz program and the archive is cut, then that is an error as well', async () => {
  await using here = await room()
  const path = join(here.dir, 'x.tar.xz')
  const bytes = xz(tar)
  writeFileSync(path, bytes.subarray(0, bytes.length / 2))

  await expect(all(expandXz(path, new AbortController().signal, 'no-such-program').chunks)).rejects.toThrow()
})

test('when the content of a zip entry has another checksum or length than stated, then it is damaged', async () => {
  await using here = await room()
  const content = 'words'
  const wrong = [
    makeZip([{ name: 'x', content, central: { crc: 1 } }]),
    makeZip([{ name: 'x', content, method: 'deflated', central: { bytes: 4 } }]),
    makeZip([{ name: 'x', content, method: 'deflated', central: { bytes: 6 } }]),
    makeZip([{ name: 'x', content: Buffer.alloc(2_000_000, 'xy'), method: 'deflated', central: { crc: 1 } }]),
    makeZip([{ name: 'x', content: Buffer.alloc(2_000_000, 'xy'), method: 'deflated', central: { bytes: 1_900_000 } }]),
  ]
  const codes: string[] = []
  for (const bytes of wrong) codes.push((await here.refusal(bytes, { to: join(here.dir, `to${codes.length}`) })).code)

  expect(codes).toStrictEqual(wrong.map(() => 'E_ARCHIVE_CORRUPT'))
})

const unusable: readonly (readonly [string, Buffer, ArchiveFormat | null])[] = [
  ['an empty file', Buffer.alloc(0), 'tar.gz'],
  ['a web page', Buffer.from('<!doctype html><title>Sign in</title>'), 'tar.gz'],
  ['a zip by the name of a tar', makeZip([{ name: 'x' }]), 'tar.gz'],
  ['a gzip that holds no tar', gzipSync(Buffer.alloc(4096, 'words ')), 'tar.gz'],
  ['a tar without entries', gzipSync(await makeTar([])), 'tar.gz'],
  ['a zip without entries', makeZip([]), 'zip'],
  ['a tar with nothing but a folder', await makeTar([{ name: 'app', type: 'directory' }]), null],
  ['an encrypted zip', makeZip([{ name: 'x', content: '0123456789abc', central: { flags: 1, bytes: 1 } }]), 'zip'],
  ['a zip with an unknown compression', makeZip([{ name: 'x', central: { method: 14 } }]), 'zip'],
]

test.each(unusable)('when it is %s, then it is no archive for us', async (_, bytes, format) => {
  await using here = await room()

  expect((await here.refusal(bytes, { format })).code).toBe('E_ARCHIVE_FORMAT')
})

test.each([
  ['app.tar.gz', 'tar.gz'],
  ['app.TGZ', 'tar.gz'],
  ['app-1.0.tar.xz', 'tar.xz'],
  ['app.tar.zst', 'tar.zst'],
  ['app.tar', 'tar'],
  ['app.zip', 'zip'],
  ['app.tar.bz2', null],
  ['tar.gz.sha256', null],
  ['tgz', null],
] as const)('when a file is called %s, then its format is %s', (name, format) => {
  expect(formatOf(name)).toBe(format)
})
