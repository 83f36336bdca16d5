import { createHash, randomBytes, sign } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { ProblemCode } from '../../core/model/codes.ts'
import { digestSchema } from '../../core/model/names.ts'
import { blake2b, testKey } from '../../core/trust/minisign.fixture.ts'
import type { SignatureDemand } from '../../core/trust/signature-demand.ts'
import type { Download } from './download.ts'
import { downloadTo } from './download.ts'
import { testClient, testServer } from './testing.ts'
import type { TestClient } from './testing.ts'

const content = randomBytes(300_000)
const digest = digestSchema.parse(`sha256:${createHash('sha256').update(content).digest('hex')}`)

const failing = (code: ProblemCode) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, hint: expect.any(String) }) })

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-download-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

function download(client: TestClient, url: string, dir: string, changes: Partial<Download> = {}) {
  return downloadTo({
    open: (offset, signal) => client.openStream(url, { offset, signal }),
    path: join(dir, 'app.tar.gz'),
    digest,
    statedBy: 'SHA256SUMS',
    bytesMax: 1_000_000,
    expectedBytes: content.byteLength,
    signal: new AbortController().signal,
    onBytes: () => {},
    clock: client.clock,
    ...changes,
  })
}

/** Sends the range that is asked for, and cuts the connection after `cutAfter` bytes of it. */
function sendFrom(request: IncomingMessage, response: ServerResponse, body: Buffer, cutAfter: number = Infinity): void {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(start === 0 ? 200 : 206, {
    'content-length': body.byteLength - start,
    ...(start === 0 ? {} : { 'content-range': `bytes ${start}-${body.byteLength - 1}/${body.byteLength}` }),
  })
  const rest = body.subarray(start)
  if (rest.byteLength <= cutAfter) response.end(rest)
  else response.write(rest.subarray(0, cutAfter), () => response.destroy())
}

test('when a file is fetched, then it is whole, hashed, and under its name alone', async () => {
  const dir = await folder()
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  const seen: number[] = []
  const done = await download(client, server.url, dir, { onBytes: (bytes) => seen.push(bytes) })
  expect(done).toStrictEqual({ bytes: 300_000, sha256: digest, resumed: false, fetchedBytes: 300_000 })
  expect(await readdir(dir)).toStrictEqual(['app.tar.gz'])
  expect(await readFile(join(dir, 'app.tar.gz'))).toStrictEqual(content)
  expect([seen[0], seen.at(-1)]).toStrictEqual([0, 300_000])
})

test('when it is there already, then nothing is fetched', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz'), content)
  await using server = await testServer(() => {})
  await using client = testClient()
  expect(await download(client, server.url, dir)).toMatchObject({ bytes: 300_000, fetchedBytes: 0, resumed: true })
  expect(server.seen).toStrictEqual([])
})

test('when what is there is something else, then it is replaced', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz'), 'something else')
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  expect(await download(client, server.url, dir)).toMatchObject({ fetchedBytes: 300_000 })
})

test('when connections are cut in the middle, then it goes on where it stopped', async () => {
  const dir = await folder()
  await using server = await testServer((request, response) => sendFrom(request, response, content, 70_000))
  await using client = testClient()
  const done = await download(client, server.url, dir)
  expect(done).toMatchObject({ bytes: 300_000, sha256: digest })
  // Bytes that were on their way when the connection was cut may be lost, so that more than the file may have to come.
  expect(server.seen.length).toBeGreaterThanOrEqual(5)
  expect(server.seen.slice(1).every((seen) => seen.headers.range !== undefined)).toBe(true)
})

test('when an earlier process left a part, then only the rest is fetched', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), content.subarray(0, 100_000))
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  expect(await download(client, server.url, dir)).toMatchObject({ resumed: true, fetchedBytes: 200_000 })
})

test('when the part is whole already, then nothing is fetched', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), content)
  await using server = await testServer(() => {})
  await using client = testClient()
  expect(await download(client, server.url, dir)).toMatchObject({ resumed: true, fetchedBytes: 0 })
})

test.each([
  ['damaged', Buffer.alloc(100_000)],
  ['too long', Buffer.alloc(400_000)],
  ['whole but damaged', Buffer.alloc(300_000)],
])('when the part of an earlier process is %s, then it begins anew', async (_, part) => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), part)
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  expect(await download(client, server.url, dir)).toMatchObject({ sha256: digest, resumed: false })
  expect(await readFile(join(dir, 'app.tar.gz'))).toStrictEqual(content)
})

test('A7-28: when the server knows no ranges, then a part is given up for the whole', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), content.subarray(0, 100_000))
  await using server = await testServer((_, response) => response.end(content))
  await using client = testClient()
  const done = await download(client, server.url, dir, { expectedBytes: null })
  expect(done).toMatchObject({ sha256: digest, fetchedBytes: 300_000, resumed: false })
})

test.each([0, 150_000, 299_999])(
  'when the bit at byte %i is flipped, then the file is refused and removed',
  async (at) => {
    const dir = await folder()
    const flipped = Buffer.from(content)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    await using server = await testServer((request, response) => sendFrom(request, response, flipped))
    await using client = testClient()
    const failed = download(client, server.url, dir)
    await expect(failed).rejects.toThrow(failing('E_CHECKSUM_MISMATCH'))
    await expect(failed).rejects.toThrow(`SHA256SUMS states ${digest}`)
    expect(await readdir(dir)).toStrictEqual([])
    expect(server.seen).toHaveLength(1)
  },
)

test.each([
  ['shorter', content.subarray(0, 200_000)],
  ['longer', Buffer.concat([content, content])],
])(
  'when the server has a %s file than the release states, then it is refused before it is fetched',
  async (_, body) => {
    const dir = await folder()
    await using server = await testServer((request, response) => sendFrom(request, response, body))
    await using client = testClient()
    await expect(download(client, server.url, dir)).rejects.toThrow(failing('E_CHECKSUM_MISMATCH'))
    expect(await readdir(dir)).toStrictEqual([])
  },
)

test.each([
  ['the release states its size', { expectedBytes: 300_000 }],
  ['nobody knows its size', { expectedBytes: null, bytesMax: 500_000 }],
])('when a body never ends and %s, then it is cut off there', async (_, changes) => {
  const dir = await folder()
  await using server = await testServer((_, response) => {
    const more = () => {
      while (response.writable && response.write(Buffer.alloc(16_384)));
    }
    response.on('drain', more)
    more()
  })
  await using client = testClient()
  await expect(download(client, server.url, dir, changes)).rejects.toThrow(failing('E_RESPONSE_TOO_LARGE'))
  expect(await readdir(dir)).toStrictEqual([])
})

test('when more is announced than is allowed, then nothing is fetched', async () => {
  const dir = await folder()
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  const changes = { expectedBytes: null, bytesMax: 1000 }
  await expect(download(client, server.url, dir, changes)).rejects.toThrow(failing('E_RESPONSE_TOO_LARGE'))
  await expect(download(client, server.url, dir, { bytesMax: 1000 })).rejects.toThrow(failing('E_RESPONSE_TOO_LARGE'))
  expect(server.seen).toHaveLength(1)
})

test('when no attempt gets anywhere, then it ends after some, and the part stays for the next time', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), content.subarray(0, 100_000))
  await using server = await testServer((request, response) => sendFrom(request, response, content, 10))
  await using client = testClient()
  await expect(download(client, server.url, dir)).rejects.toThrow(failing('E_NETWORK'))
  expect(server.seen).toHaveLength(5)
  expect(client.clock.sleptMs).toStrictEqual([1000, 2000, 4000, 8000])
  expect(await readdir(dir)).toStrictEqual(['app.tar.gz.part'])
})

test('when nothing states a digest, then a dropped download begins anew and two parts are never joined', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), Buffer.alloc(400_000, 'left by another release'))
  await using server = await testServer((request, response, count) =>
    sendFrom(request, response, content, count < 3 ? 100_000 : Infinity),
  )
  await using client = testClient()
  const done = await download(client, server.url, dir, { digest: null, statedBy: null })
  expect(done).toMatchObject({ bytes: 300_000, sha256: digest, resumed: false })
  expect(server.seen.map((seen) => seen.headers.range)).toStrictEqual([undefined, undefined, undefined])
  expect(await readFile(join(dir, 'app.tar.gz'))).toStrictEqual(content)
})

test('when it is cancelled, then that is the outcome', async () => {
  const dir = await folder()
  await using server = await testServer((_, response) =>
    response.writeHead(200, { 'content-length': 300_000 }).write('x'),
  )
  await using client = testClient()
  const abort = new AbortController()
  const failed = download(client, server.url, dir, {
    signal: abort.signal,
    onBytes: (bytes) => bytes > 0 && abort.abort(),
  })
  await expect(failed).rejects.toThrow(failing('E_CANCELLED'))
})

test('when a link stands where the part should be, then nothing is written through it', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'victim'), 'precious')
  await symlink(join(dir, 'victim'), join(dir, 'app.tar.gz.part'))
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  await expect(download(client, server.url, dir)).rejects.toThrow(expect.objectContaining({ code: 'ELOOP' }))
  expect(await readFile(join(dir, 'victim'), 'utf8')).toBe('precious')
})

test('when the disk refuses, then its error comes through and no part stays', async () => {
  const dir = await folder()
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  await mkdir(join(dir, 'app.tar.gz'))
  await writeFile(join(dir, 'app.tar.gz', 'inside'), '')
  await expect(download(client, server.url, dir, { digest: null })).rejects.toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^E(?:ISDIR|NOTEMPTY|EXIST)$/) }),
  )
  expect(await readdir(dir)).not.toContain('app.tar.gz.part')
})

const ours = testKey('d')
const minisig = (bytes: Uint8Array, prehashed: boolean): SignatureDemand => ({
  kind: 'minisign',
  key: ours.key.text,
  signature: sign(null, prehashed ? blake2b(bytes) : bytes, ours.signer.privateKey).toString('base64'),
  prehashed,
  by: 'app.tar.gz.minisig',
})

test.each([true, false])(
  'when nothing but a signature proves it (prehashed: %s), then that is met, or nothing stays',
  async (prehashed) => {
    await using server = await testServer((_, response) => response.end(content))
    await using client = testClient()
    const dir = await folder()
    const done = await download(client, server.url, dir, {
      digest: null,
      statedBy: null,
      signature: minisig(content, prehashed),
    })
    expect(done.sha256).toBe(digest)
    await rm(join(dir, 'app.tar.gz'))
    const other = { digest: null, statedBy: null, signature: minisig(Buffer.from('another'), prehashed) }
    await expect(download(client, server.url, dir, other)).rejects.toMatchObject({
      problem: {
        code: 'E_SIGNATURE_INVALID',
        message: `app.tar.gz is not genuine: app.tar.gz.minisig by the key ${ours.key.id} signs another file`,
      },
    })
    expect(await readdir(dir)).toEqual([])
  },
)

test('when digest and signature are both demanded, then each has to be met', async () => {
  await using server = await testServer((_, response) => response.end(content))
  await using client = testClient()
  const dir = await folder()
  const signature = minisig(Buffer.from('another'), true)
  await expect(download(client, server.url, dir, { signature })).rejects.toEqual(failing('E_SIGNATURE_INVALID'))
  const wrong = digestSchema.parse(`sha256:${'0'.repeat(64)}`)
  const right = { digest: wrong, signature: minisig(content, true) }
  await expect(download(client, server.url, dir, right)).rejects.toEqual(failing('E_CHECKSUM_MISMATCH'))
})

test('when a signed download is dropped, then it goes on where it was, and the whole is proven', async () => {
  await using server = await testServer((request, response, count) =>
    sendFrom(request, response, content, count < 2 ? 100_000 : Infinity),
  )
  await using client = testClient()
  const dir = await folder()
  const done = await download(client, server.url, dir, {
    digest: null,
    statedBy: null,
    signature: minisig(content, true),
  })
  expect(done.fetchedBytes).toBe(content.byteLength)
  expect(await readFile(join(dir, 'app.tar.gz'))).toEqual(content)
  expect(server.seen[1]?.headers.range).toBeDefined()
})

test('when a part of another file was left, then a signed download begins anew, once, and the whole is proven', async () => {
  await using server = await testServer((request, response) => sendFrom(request, response, content))
  await using client = testClient()
  const dir = await folder()
  await writeFile(join(dir, 'app.tar.gz.part'), Buffer.alloc(100_000, 'left by another release'))
  const signature = minisig(content, true)
  const done = await download(client, server.url, dir, { digest: null, statedBy: null, signature })
  expect(done).toMatchObject({ sha256: digest, resumed: false })
  expect(server.seen.map((seen) => seen.headers.range)).toStrictEqual(['bytes=100000-', undefined])
})
