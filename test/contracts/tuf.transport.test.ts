import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import type { HttpLimits } from '../../src/host/http/types.ts'
import { type Fault, diskClient } from './tuf.server.ts'
import { TestRepository } from './tuf.repository.ts'

/** Attacks on the way, A7-24 to A7-27, on a real server and a real store: refused, and nothing of it is kept. */
const nowMs = Date.UTC(2027, 0, 1)
const files = ['root', 'timestamp', 'snapshot', 'targets'] as const

async function scene() {
  const repository = new TestRepository(nowMs)
  const client = await diskClient(repository, nowMs)
  await client.refresh()
  repository.nextRoot()
  repository.publish()
  return { repository, client }
}

async function refusedWith(
  fault: Fault,
  code: ProblemCode,
  words: string,
  limits: Partial<HttpLimits> = {},
): Promise<void> {
  const { client } = await scene()
  const before = await kept(client.dir)
  await client.http.limit(limits)
  client.door.fault = fault
  await expect(client.refresh()).rejects.toMatchObject({
    problem: { code, message: expect.stringContaining(words), hint: expect.any(String) },
  })
  const after = await kept(client.dir)
  for (const [name, version] of before) expect(after.get(name)).toBeGreaterThanOrEqual(version)
  expect((await readdir(join(client.dir, 'trust'))).filter((name) => name.includes('belay-new'))).toStrictEqual([])
  client.door.fault = () => false
  await client.http.limit({})
  expect((await client.refresh()).timestamp.signed.version).toBe(2)
}

async function kept(dir: string): Promise<ReadonlyMap<string, number>> {
  const names = (await readdir(join(dir, 'trust'))).filter((name) => name.endsWith('.json'))
  const read = names.map(async (name) => {
    const text = await readFile(join(dir, 'trust', name), 'utf8')
    return [name, JSON.parse(text).signed.version as number] as const
  })
  return new Map(await Promise.all(read))
}

function endless(response: ServerResponse): void {
  const more = () => {
    while (response.writable && response.write(' '.repeat(65_536)));
  }
  response.on('drain', more)
  more()
}

const only =
  (file: string, answer: (response: ServerResponse) => unknown): Fault =>
  (_, response, name) => {
    if (!name.endsWith(`${file}.json`)) return false
    answer(response)
    return true
  }

test.each(files)('A7-24: when %s.json never ends, then it is cut at its limit', async (file) => {
  await refusedWith(only(file, endless), 'E_RESPONSE_TOO_LARGE', 'sends more than')
})

test('A7-25: when timestamp.json comes byte by byte, then there is an end to waiting', async () => {
  const slow = (response: ServerResponse) => {
    const timer = setInterval(() => response.write(' '), 100)
    response.on('close', () => clearInterval(timer))
  }
  await refusedWith(only('timestamp', slow), 'E_TIMEOUT', 'the answer took too long as a whole', {
    answerTimeoutMs: 900,
  })
})

test('A7-26: when a few kilobytes of gzip hold many megabytes, then they are not unpacked past the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024))
  const send = (response: ServerResponse) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
  await refusedWith(only('timestamp', send), 'E_RESPONSE_TOO_LARGE', 'sends more than 16,384 bytes')
})

test('A7-26: when an encoding was not asked for, then it is refused', async () => {
  const send = (response: ServerResponse) => response.writeHead(200, { 'content-encoding': 'zstd' }).end('x')
  await refusedWith(only('snapshot', send), 'E_RESPONSE_INVALID', 'unknown encoding "zstd"')
})

test.each([
  ['file:///etc/passwd', 'E_HTTP_INSECURE'],
  ['http://169.254.169.254/latest/meta-data/', 'E_HTTP_INSECURE'],
  ['http://[::1]/timestamp.json', 'E_HTTP_INSECURE'],
  ['http://example.org/timestamp.json', 'E_HTTP_INSECURE'],
] as const)('A7-27: when timestamp.json redirects to %s, then nobody goes there', async (location, code) => {
  const send = (response: ServerResponse) => response.writeHead(302, { location }).end()
  await refusedWith(only('timestamp', send), code, 'is not https')
})

test('A7-27: when a redirect leads on and on, then it ends after a few', async () => {
  const { client } = await scene()
  client.door.fault = only('timestamp', (response) =>
    response.writeHead(302, { location: `/${client.server.seen.length}/timestamp.json` }).end(),
  )
  await expect(client.refresh()).rejects.toMatchObject({
    problem: { code: 'E_RESPONSE_INVALID', message: expect.stringContaining('redirects more than 5 times') },
  })
})

test('A7-29: when a login page answers with 200, then it is no metadata', async () => {
  const send = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>')
  await refusedWith(only('timestamp', send), 'E_METADATA_INVALID', 'timestamp.json is not JSON')
  // As a root it would be one that the old keys have not signed.
  await refusedWith(only('root', send), 'E_METADATA_INVALID', '2.root.json is not JSON')
})

test.each(files)('when %s.json ends in the middle, then it is fetched again, or nothing', async (file) => {
  const cut = (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': '200' })
    response.write('{"signatures":', () => response.destroy())
  }
  await refusedWith(only(file, cut), 'E_NETWORK', 'cannot reach')
})

test('when the server cannot be reached, then that is the error, and the store stays', async () => {
  const { client } = await scene()
  const before = await kept(client.dir)
  await client.server[Symbol.asyncDispose]()
  await expect(client.refresh()).rejects.toMatchObject({ problem: { code: 'E_NETWORK' } })
  expect(await kept(client.dir)).toStrictEqual(before)
})
