import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { problemOf } from '../../src/core/model/problem.ts'
import { gitCaches } from '../../src/host/git/cache.ts'
import { newRepository, runGit } from '../../src/host/git/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { gitSource } from '../../src/sources/git/index.ts'
import { systemClock } from '../../src/host/clock.ts'

const token = 's3cret-t0ken'
const signal = new AbortController().signal

interface Seen {
  readonly url: string
  readonly authorization: string | undefined
}

/** What any server may do instead of answering. */
type Door = (request: IncomingMessage, response: ServerResponse) => boolean

/** `git http-backend` behind a door: a real server of git over http. `password`: it asks for one. */
async function served(dir: string, door: Door, password: string | null) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization })
    if (door(request, response)) return
    const expected = `Basic ${Buffer.from(`x-access-token:${password}`).toString('base64')}`
    if (password !== null && request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    backend(dir, request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/up/.git`, seen }
}

function backend(dir: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://x')
  const env = {
    PATH: process.env['PATH'],
    GIT_PROJECT_ROOT: dir,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'uploadpack.allowFilter',
    GIT_CONFIG_VALUE_0: 'true',
    GIT_CONFIG_KEY_1: 'uploadpack.allowAnySHA1InWant',
    GIT_CONFIG_VALUE_1: 'true',
  }
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
  request.pipe(child.stdin)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', () => {
    const all = Buffer.concat(chunks)
    const end = all.indexOf('\r\n\r\n')
    const head = all
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': '))
    const status = head.find(([name]) => name === 'Status')?.[1] ?? '200'
    for (const [name = '', value = ''] of head) if (name !== 'Status') response.setHeader(name, value)
    response.writeHead(Number.parseInt(status, 10)).end(all.subarray(end + 4))
  })
}

async function stage({ door = () => false, password = null }: { door?: Door; password?: string | null } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-git-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const up = newRepository(join(dir, 'up'))
  up.commit('one', { VERSION: '1', big: 'x'.repeat(100_000) }, 1)
  const newest = up.commit('two', { VERSION: '2' }, 2)
  const server = await served(dir, door, password)
  const caches = gitCaches(join(dir, 'cache'), systemClock())
  const source = gitSource({
    caches,
    secrets: openSecrets({ TOKEN: token }),
    clock: systemClock(),
    allowHttp: ['127.0.0.1'],
  })
  const config = (more: object = {}) => source.config.parse({ type: 'git', url: server.url, ref: 'main', ...more })
  const list = (more: object = {}) => source.list(config(more), { force: true, cacheMs: 0, signal })
  return { dir, up, newest, server, source, config, list }
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => problemOf(error),
  )

describe('over http', () => {
  test('when commits are listed, then no file comes along, and the chosen one has all of its own', async () => {
    const { dir, newest, list, source, config } = await stage()
    const { releases } = await list()
    expect(releases.map(({ tag }) => tag)).toHaveLength(2)
    const cache = readdirSync(join(dir, 'cache')).find((name) => name.endsWith('.git')) ?? ''
    const held = () =>
      runGit(join(dir, 'cache', cache), ['cat-file', '--batch-check', '--batch-all-objects']).match(/ blob /g) ?? []
    expect(held()).toHaveLength(0)
    const artifact = releases[0]?.artifact ?? null
    if (artifact === null) throw new Error('no artifact')
    const { chunks } = await source.open(config(), { ...artifact, name: `${newest}!` }, 0, signal)
    let bytes = 0
    for await (const chunk of chunks) bytes += chunk.length
    expect(bytes).toBeGreaterThan(200)
    expect(held()).toHaveLength(2)
  })

  test('when a token is needed, then it is given, and stands in no argument, no message and no file', async () => {
    const { dir, list, server } = await stage({ password: token })
    const words = await argumentsSeen(dir)
    expect((await list({ token: { env: 'TOKEN' } })).releases).toHaveLength(2)
    expect(server.seen.some(({ authorization }) => authorization !== undefined)).toBe(true)
    expect(await words()).toContain('fetch')
    expect(await words()).not.toContain(token)
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    expect(texts.filter((text) => text.includes(token))).toEqual([])
  })

  test('when the token is wrong or missing, then that is said, without it', async () => {
    const { list } = await stage({ password: 'another' })
    for (const more of [{}, { token: { env: 'TOKEN' } }]) {
      const problem = await failure(list(more))
      expect(problem).toMatchObject({ code: 'E_UNAUTHORIZED', hint: expect.stringContaining('token') })
      expect(JSON.stringify(problem)).not.toContain(token)
    }
  })

  test('when the server leads to another host, then the token is not shown there', async () => {
    const other = await stage({ password: token })
    const { list } = await stage({
      door: (request, response) => {
        response.writeHead(302, { location: `${other.server.url.replace('/up/.git', '')}${request.url}` }).end()
        return true
      },
    })
    expect(await failure(list({ token: { env: 'TOKEN' } }))).not.toBeNull()
    expect(other.server.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([])
  })

  test.each<[string, Door, string]>([
    ['answers 404', (_, response) => (response.writeHead(404).end(), true), 'E_NOT_FOUND'],
    ['answers 500', (_, response) => (response.writeHead(500).end(), true), 'E_NETWORK'],
    ['answers 429', (_, response) => (response.writeHead(429).end(), true), 'E_RATE_LIMITED'],
    ['cuts the connection', (request) => (request.socket.destroy(), true), 'E_NETWORK'],
    ['sends a web page', (_, response) => (response.end('<!doctype html><title>Sign in'), true), 'E_NOT_FOUND'],
  ])('when the server %s, then that is a named error, and never an empty list', async (_name, door, code) => {
    const { list } = await stage({ door })
    expect(await failure(list())).toMatchObject({ code, hint: expect.any(String) })
  })

  test('when two ask at once, then both are answered', async () => {
    const { list } = await stage()
    const answers = await Promise.all([list(), list(), list({ ref: { tags: '*' } })])
    expect(answers.map(({ releases }) => releases.length)).toEqual([2, 2, 0])
  })
})

/** Every argument list that git is started with from now on. */
async function argumentsSeen(dir: string): Promise<() => Promise<string>> {
  const log = join(dir, 'words')
  const bin = join(dir, 'bin')
  const real = runGit(dir, ['--exec-path'])
  mkdirSync(bin)
  await writeFile(join(bin, 'git'), `#!/bin/sh\nprintf '%s\\n' "$@" >> ${log}\nexec ${real}/git "$@"\n`, {
    mode: 0o755,
  })
  const path = process.env['PATH']
  process.env['PATH'] = `${bin}${delimiter}${path}`
  onTestFinished(() => void (process.env['PATH'] = path))
  return () => readFile(log, 'utf8')
}
