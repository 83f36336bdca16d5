import { createHash } from 'node:crypto'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { openBundle } from './read.ts'
import { endBytes, paddingBytes, tarHeader } from './tar-header.ts'

let dir = ''
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-bundle-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const contents = [
  ['files/app.tar.gz', Buffer.alloc(1500, 'a')],
  ['files/SHA256SUMS', Buffer.from('sums')],
  ['metadata/empty.json', Buffer.alloc(0)],
] as const

interface Listed {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  readonly url: string
}

const listed = (): Listed[] =>
  contents.map(([path, content]) => ({
    path,
    bytes: content.length,
    sha256: hash(content),
    url: `https://x.test/${path}`,
  }))

function entry(path: string, content: Buffer): Buffer {
  const header = tarHeader(path, content.length)
  if (header === null) throw new Error('no header')
  return Buffer.concat([header, content, Buffer.alloc(paddingBytes(content.length))])
}

/** A bundle with that list and these files behind it. */
function bundleOf(files: readonly Listed[], behind: readonly Buffer[], more: object = {}): Buffer {
  const about = { v: 1, source: { type: 'http', describe: 'http x' }, version: '1.0.0', releases: [], files, ...more }
  return Buffer.concat([entry('bundle.json', Buffer.from(JSON.stringify(about))), ...behind, Buffer.alloc(endBytes)])
}

const good = (): Buffer =>
  bundleOf(
    listed(),
    contents.map(([path, content]) => entry(path, content)),
  )

/** Everything that is in it, read to its end. */
async function readAll(bytes: Buffer, name = 'x.bundle') {
  const file = join(dir, name)
  await writeFile(file, bytes)
  const bundle = await openBundle(file)
  for (const one of bundle.list.files) await bundle.read(one)
  return bundle
}

const refusal = (bytes: Buffer, name?: string) =>
  readAll(bytes, name).then(
    () => null,
    (error: unknown) => problemOf(error),
  )

test('when a bundle is whole, then every file is found, also from its middle on', async () => {
  const bundle = await readAll(good())
  const file = bundle.find('files/app.tar.gz')
  if (file === null) throw new Error('not found')
  const stream = bundle.open(file, 1000)
  const chunks: Uint8Array[] = []
  for await (const chunk of stream.chunks) chunks.push(chunk)
  expect(stream).toMatchObject({ offset: 1000, totalBytes: 1500 })
  expect(Buffer.concat(chunks)).toStrictEqual(Buffer.alloc(500, 'a'))
  expect(bundle.open(file, 1500).offset).toBe(0)
  expect(bundle.find('files/other')).toBeNull()
})

test('when a bundle is cut off anywhere, then it is refused, and it says so', async () => {
  const whole = good()
  for (let bytes = 0; bytes < whole.length; bytes += 97) {
    const found = await refusal(whole.subarray(0, bytes), 'cut.bundle')
    expect(found, `after ${bytes} bytes`).toMatchObject({ code: 'E_BUNDLE_INVALID', hint: expect.any(String) })
  }
  const text = (await refusal(whole.subarray(0, -1)))?.message
  expect(text).toContain('is cut off')
})

const [app] = contents
const evil = Buffer.from('evil')
const cases: readonly (readonly [string, () => Buffer, string])[] = [
  ['bytes behind its end', () => Buffer.concat([good(), Buffer.from('more')]), 'goes on for 4 bytes'],
  ['another archive behind its end', () => Buffer.concat([good(), good()]), 'goes on'],
  [
    'a file that it does not list',
    () => bundleOf(listed(), [...contents.map(([path, content]) => entry(path, content)), entry('files/evil', evil)]),
    'goes on',
  ],
  ['a list alone', () => bundleOf(listed(), []), 'is cut off'],
  [
    'another file where one should be',
    () =>
      bundleOf(
        listed().toReversed(),
        contents.map(([path, content]) => entry(path, content)),
      ),
    'has something else where',
  ],
  [
    'a file twice',
    () => {
      const [one] = listed()
      return bundleOf(one === undefined ? [] : [one, one], [entry(...app), entry(...app)])
    },
    'twice',
  ],
  ...['../outside', '/etc/belay-test', 'files/../../x', 'files//x', './x', 'files/\u202egpj', 'FILES\\x', ''].map(
    (path) =>
      [
        `the path ${JSON.stringify(path)}`,
        () => bundleOf([{ path, bytes: 4, sha256: hash(evil), url: 'x' }], [entry('files/evil', evil)]),
        'is no path inside a bundle',
      ] as const,
  ),
  [
    'a link where a file should be',
    () => {
      const bytes = good()
      const at = bytes.indexOf('files/app.tar.gz', 512 + bytes.indexOf('files/SHA256SUMS'))
      bytes.write('2', at + 156, 'latin1')
      return bytes
    },
    'has something else where',
  ],
  ['content behind a file', () => withByte(good(), 1500), 'holds something behind'],
  ['another version of the format', () => bundleOf([], [], { v: 2 }), 'has a list that cannot be used: v'],
  ['a list that is no JSON', () => Buffer.concat([entry('bundle.json', evil), Buffer.alloc(endBytes)]), 'no JSON'],
  ['no list', () => Buffer.concat([entry('files/evil', evil), Buffer.alloc(endBytes)]), 'does not begin with'],
  ['nothing', () => Buffer.alloc(0), 'does not begin with'],
  ['a gzip', () => Buffer.from('1f8b0800', 'hex'), 'does not begin with'],
  ['a list that would fill the memory', () => tarHeader('bundle.json', 8 ** 11 - 1) ?? Buffer.alloc(0), 'are allowed'],
]

/** A byte in the padding behind the first file. */
function withByte(bytes: Buffer, length: number): Buffer {
  const at = bytes.indexOf(Buffer.alloc(length, 'a'))
  bytes.writeUInt8(1, at + length)
  return bytes
}

test.each(cases)('when a bundle has %s, then it is refused with the reason', async (_, make, words) => {
  const found = await refusal(make())
  expect(found).toMatchObject({ code: 'E_BUNDLE_INVALID', hint: expect.any(String) })
  expect(found?.message).toContain(words)
})

test('when any bit of a bundle is another one, then that is noticed', async () => {
  const whole = good()
  const { digest } = await readAll(whole)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
      const bytes = Buffer.from(whole)
      const at = Math.floor(bit / 8)
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit % 8)), at)
      const found = await readAll(bytes, 'bit.bundle').catch(problemOf)
      // A list that says something else is another bundle than the one of the plan.
      if ('code' in found) expect(found).toMatchObject({ code: 'E_BUNDLE_INVALID' })
      else expect(found.digest).not.toBe(digest)
    }),
    { numRuns: 150 },
  )
})

test('when there is no such file, then it says that, and not that belay is at fault', async () => {
  await expect(openBundle(join(dir, 'nothing.bundle'))).rejects.toMatchObject({
    problem: { code: 'E_NOT_FOUND', hint: expect.stringContaining('stick') },
  })
})

test('when a bundle is a folder, then it is none', async () => {
  await symlink(dir, join(dir, 'folder.bundle'))
  await expect(openBundle(join(dir, 'folder.bundle'))).rejects.toMatchObject({ problem: { code: 'E_BUNDLE_INVALID' } })
})
