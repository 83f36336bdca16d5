import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import type { Artifact } from '../../src/core/model/release.ts'
import { fileCache } from '../../src/host/http/cache.ts'
import { downloadTo } from '../../src/host/http/download.ts'
import type { SourceDeps } from '../../src/host/http/source-deps.ts'
import { testClient, testServer, untouched } from '../../src/host/http/testing.ts'
import type { HttpLimits } from '../../src/host/http/types.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import type { Source } from '../../src/ports/source.ts'
import type { GivenRelease, Upstream } from './source.servers.ts'

export interface SourceRig<C> {
  readonly kind: string
  readonly make: (deps: SourceDeps) => Source<C>
  /** As it stands in the config; `{os}` and the like are not needed: files are called `app-<version>.tar.gz`. */
  readonly config: (serverUrl: string) => Readonly<Record<string, unknown>>
  readonly serve: (releases: readonly GivenRelease[]) => Promise<Upstream>
  /** What the kind's server says about a release. */
  readonly states: { readonly prerelease: boolean; readonly digest: boolean; readonly size: boolean }
}

const token = 's3cret-t0ken'
const content = randomBytes(200_000)
const sha256 = createHash('sha256').update(content).digest('hex')

const release = (version: string, more: Partial<GivenRelease> = {}): GivenRelease => ({
  tag: `v${version}`,
  notes: `What is new in ${version}`,
  date: '2026-01-01T10:00:00.000Z',
  files: { [`app-${version}.tar.gz`]: content, [`app-${version}.tar.gz.sha256`]: `${sha256}  app-${version}.tar.gz\n` },
  ...more,
})

type Fault = (request: IncomingMessage, response: ServerResponse) => void

/** A real server of the kind with a door in front, where a fault can stand in the way. */
async function stage<C>(rig: SourceRig<C>, releases: readonly GivenRelease[]) {
  const upstream = await rig.serve(releases)
  const door: { fault: Fault | null } = { fault: null }
  const statuses: number[] = []
  const server = await testServer((request, response) => {
    response.on('close', () => statuses.push(response.statusCode))
    if (door.fault !== null) return door.fault(request, response)
    upstream.answer(request, response)
  })
  const dir = await mkdtemp(join(tmpdir(), 'belay-source-'))
  const client = testClient({ answerBytesMax: 1024 * 1024 })
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
    await upstream[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })
  const deps: SourceDeps = {
    http: client,
    cache: fileCache(join(dir, 'cache')),
    secrets: openSecrets({ TOKEN: token }),
    clock: client.clock,
    platform: { os: 'linux', arch: 'x64' },
  }
  const source = rig.make(deps)
  const config = (more: object = {}) =>
    source.config.parse({ ...rig.config(server.url), asset: 'app-{version}.tar.gz', ...more })
  const list = (options: { force?: boolean; more?: object } = {}) =>
    source.list(config(options.more), { force: options.force ?? false, cacheMs: 3_600_000, signal: untouched() })
  return { server, statuses, door, source, config, list, client, clock: client.clock, dir }
}

const failing = (code: ProblemCode, facts: object = {}) =>
  expect.objectContaining({
    problem: expect.objectContaining({ code, hint: expect.any(String), facts: expect.objectContaining(facts) }),
  })

function endless(response: ServerResponse): void {
  const more = () => {
    while (response.writable && response.write(' '.repeat(65_536)));
  }
  response.on('drain', more)
  more()
}

const nowSeconds = Date.UTC(2026, 0, 1) / 1000

interface FaultCase {
  readonly what: string
  readonly fault: Fault
  readonly code: ProblemCode
  readonly facts: object
  /** Whether only JSON can be told to be wrong in this way. */
  readonly ofJson: boolean
  /** Of whoever meets it: a limit that the test has to wait for. */
  readonly limits: Partial<HttpLimits>
}

const faultCase = (what: string, fault: Fault, code: ProblemCode, facts: object = {}, ofJson = false): FaultCase => ({
  what,
  fault,
  code,
  facts,
  ofJson,
  limits: {},
})

/** What any server may do on a bad day. */
export const faults: readonly FaultCase[] = [
  faultCase(
    'answers 403 with its quota spent',
    (_, response) =>
      response
        .writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(nowSeconds + 600) })
        .end('{"message":"API rate limit exceeded"}'),
    'E_RATE_LIMITED',
    { retryAt: '2026-01-01T00:10:00.000Z' },
  ),
  faultCase(
    'answers 429 with a long Retry-After',
    (_, response) => response.writeHead(429, { 'retry-after': '120' }).end(),
    'E_RATE_LIMITED',
    { retryAt: '2026-01-01T00:02:00.000Z' },
  ),
  faultCase('answers 404', (_, response) => response.writeHead(404).end('{"message":"Not Found"}'), 'E_NOT_FOUND'),
  faultCase(
    'answers 401',
    (_, response) => response.writeHead(401).end('{"message":"Bad credentials"}'),
    'E_UNAUTHORIZED',
  ),
  faultCase('answers 500', (_, response) => response.writeHead(500).end('oops'), 'E_HTTP_STATUS', { status: 500 }),
  faultCase('cuts each connection', (request) => request.socket.resetAndDestroy(), 'E_NETWORK', { reason: 'reset' }),
  faultCase(
    'ends in the middle',
    (_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('[', () => response.destroy())
    },
    'E_NETWORK',
    { reason: 'reset' },
  ),
  faultCase('sends without end', (_, response) => endless(response), 'E_RESPONSE_TOO_LARGE'),
  {
    ...faultCase('falls silent', (_, response) => response.write('['), 'E_TIMEOUT', { of: 'idle' }),
    limits: { bodyIdleTimeoutMs: 300 },
  },
  faultCase(
    'redirects to plain http elsewhere',
    (_, response) => response.writeHead(302, { location: 'http://example.org/' }).end(),
    'E_HTTP_INSECURE',
  ),
  faultCase(
    'sends a web page',
    (_, response) => response.end('<!doctype html><title>Sign in'),
    'E_RESPONSE_INVALID',
    {},
    true,
  ),
  faultCase(
    'sends JSON that is a word',
    (_, response) => response.end('"maintenance"'),
    'E_RESPONSE_INVALID',
    {},
    true,
  ),
  faultCase(
    'sends JSON that is an object of another kind',
    (_, response) => response.end('{"message":"hi"}'),
    'E_RESPONSE_INVALID',
    {},
    true,
  ),
  faultCase(
    'sends a list of something else',
    (_, response) => response.end('[{"id":1}]'),
    'E_RESPONSE_INVALID',
    {},
    true,
  ),
]

export function sourceContract<C>(rig: SourceRig<C>): void {
  describe(`source ${rig.kind}`, () => {
    test('when releases are published, then each is described', async () => {
      const { list, server } = await stage(rig, [release('1.1.0'), release('1.0.0')])
      const { releases, fromCache, checkedAt } = await list()
      expect(releases.map((item) => item.version).toSorted()).toStrictEqual(['1.0.0', '1.1.0'])
      expect(releases.find((item) => item.version === '1.1.0')).toMatchObject({
        notes: 'What is new in 1.1.0',
        publishedAt: '2026-01-01T10:00:00.000Z',
        prerelease: false,
        artifact: {
          name: 'app-1.1.0.tar.gz',
          bytes: rig.states.size ? content.byteLength : null,
          digest: rig.states.digest ? `sha256:${sha256}` : null,
        },
        checksums: [{ name: 'app-1.1.0.tar.gz.sha256' }],
        assets: ['app-1.1.0.tar.gz', 'app-1.1.0.tar.gz.sha256'],
      })
      expect({ fromCache, checkedAt }).toStrictEqual({ fromCache: false, checkedAt: '2026-01-01T00:00:00.000Z' })
      expect(releases.every((item) => item.artifact?.url.startsWith(server.url))).toBe(true)
    })

    test('D11: when there are more releases than a page holds, then all are listed, in whatever order they come', async () => {
      const versions = Array.from({ length: 120 }, (_, index) => `1.${index}.0`)
      const { list } = await stage(
        rig,
        versions.map((version) => release(version, { files: { [`app-${version}.tar.gz`]: 'x' } })),
      )
      const { releases } = await list()
      expect(new Set(releases.map((item) => item.version))).toStrictEqual(new Set(versions))
    })

    test('when a release is a draft or not published yet, then it is not listed', async () => {
      const { list } = await stage(rig, [release('1.1.0', { draft: true }), release('1.0.0')])
      expect((await list()).releases.map((item) => item.version)).toStrictEqual(['1.0.0'])
    })

    test('when a release is a prerelease, then it is listed as one where the server can say so', async () => {
      const { list } = await stage(rig, [release('1.1.0', { prerelease: true })])
      expect((await list()).releases).toMatchObject([{ version: '1.1.0', prerelease: rig.states.prerelease }])
    })

    test('when no asset fits, then the release is listed with what there is', async () => {
      const { list } = await stage(rig, [release('1.0.0')])
      const { releases } = await list({ more: { asset: 'other-{version}.zip' } })
      expect(releases).toMatchObject([{ artifact: null, assets: ['app-1.0.0.tar.gz', 'app-1.0.0.tar.gz.sha256'] }])
    })

    test('when nothing is published, then the list is empty, and that is no failure', async () => {
      const { list } = await stage(rig, [])
      expect((await list()).releases).toStrictEqual([])
    })

    test('D11: when nothing has changed, then the server says 304 and the quota is spared', async () => {
      const { list, statuses, server } = await stage(rig, [release('1.0.0')])
      const first = await list()
      const second = await list({ force: true })
      expect(second.releases).toStrictEqual(first.releases)
      expect(second.fromCache).toBe(false)
      expect(server.seen[1]?.headers['if-none-match']).toBeDefined()
      expect(statuses).toStrictEqual([200, 304])
    })

    test('when the last answer is young, then nobody is asked', async () => {
      const { list, server } = await stage(rig, [release('1.0.0')])
      await list()
      expect((await list()).fromCache).toBe(true)
      expect(server.seen).toHaveLength(1)
    })

    test.each(faults)(
      'D11: when the server $what, then that is a named error with a hint',
      async ({ fault, code, facts, limits }) => {
        const { list, door, client } = await stage(rig, [release('1.0.0')])
        const good = await list()
        await client.limit(limits)
        door.fault = fault
        await expect(list({ force: true })).rejects.toThrow(failing(code, facts))
        // Never an empty list, never the old answer under a new date; and the old one is still there for who wants it.
        expect(await list()).toStrictEqual({ ...good, fromCache: true })
      },
    )

    test('when the quota returns within seconds, then it is waited for', async () => {
      const { list, door, clock } = await stage(rig, [release('1.0.0')])
      door.fault = (_, response) => {
        door.fault = null
        response.writeHead(429, { 'retry-after': '3' }).end()
      }
      expect((await list()).releases).toHaveLength(1)
      expect(clock.sleptMs).toStrictEqual([3000])
    })

    test('when a token is configured, then the server gets it, messages do not, and no other server does', async () => {
      const { list, config, source, server, door } = await stage(rig, [release('1.0.0')])
      const more = { token: { env: 'TOKEN' } }
      const { releases } = await list({ more })
      expect(JSON.stringify(server.seen[0]?.headers)).toContain(token)
      expect(JSON.stringify(releases)).not.toContain(token)
      const rest = server.seen.length
      await using other = await testServer((_, response) => response.end('x'))
      const elsewhere: Artifact = { name: 'app.zip', url: `${other.url}/app.zip`, bytes: null, digest: null }
      await source.open(config(more), elsewhere, 0, untouched())
      door.fault = (_, response) => response.writeHead(302, { location: `${other.url}/app.zip` }).end()
      await source.open(config(more), { ...elsewhere, url: `${server.url}/app.zip` }, 0, untouched())
      expect(JSON.stringify(server.seen.slice(rest).map((seen) => seen.headers))).toContain(token)
      expect(other.seen).toHaveLength(2)
      expect(JSON.stringify(other.seen)).not.toContain(token)
      door.fault = (_, response) => response.writeHead(401).end(`{"message":"no: ${token}"}`)
      await expect(list({ more, force: true })).rejects.not.toThrow(token)
    })

    test('when the token is not there, then nothing is asked', async () => {
      const { list, server } = await stage(rig, [release('1.0.0')])
      await expect(list({ more: { token: { env: 'UNSET' } } })).rejects.toThrow(failing('E_SECRET_MISSING'))
      expect(server.seen).toStrictEqual([])
      expect((await list({ more: { token_env: 'UNSET' } })).releases).toHaveLength(1)
    })

    test('when an artifact is fetched over a connection that is cut, then the rest follows by range', async () => {
      const { list, source, config, door, server, clock, dir } = await stage(rig, [release('1.0.0')])
      const artifact = artifactOf((await list()).releases)
      const before = server.seen.length
      door.fault = (_, response) => {
        door.fault = null
        response.writeHead(200, { 'content-length': content.byteLength })
        response.write(content.subarray(0, 120_000), () => response.destroy())
      }
      const path = join(dir, 'app.tar.gz')
      const done = await downloadTo({
        open: (offset, signal) => source.open(config(), artifact, offset, signal),
        path,
        digest: artifact.digest,
        bytesMax: 1_000_000,
        expectedBytes: artifact.bytes,
        signal: untouched(),
        onBytes: () => {},
        clock,
      })
      expect(done.sha256).toBe(`sha256:${sha256}`)
      expect(await readFile(path)).toStrictEqual(content)
      const ranges = server.seen.slice(before).map((seen) => seen.headers.range)
      // Without a digest nothing would prove that two parts belong together.
      expect(ranges).toStrictEqual([undefined, rig.states.digest ? expect.stringMatching(/^bytes=\d+-$/) : undefined])
    })

    test.each(faults.filter((one) => !one.ofJson))(
      'when the server $what for an artifact, then that is a named error',
      async ({ fault, code, limits }) => {
        const { list, source, config, door, client, clock, dir } = await stage(rig, [release('1.0.0')])
        const artifact = artifactOf((await list()).releases)
        await client.limit(limits)
        door.fault = fault
        const failed = downloadTo({
          open: (offset, signal) => source.open(config(), artifact, offset, signal),
          path: join(dir, 'app.tar.gz'),
          digest: null,
          bytesMax: 1_000_000,
          expectedBytes: null,
          signal: untouched(),
          onBytes: () => {},
          clock,
          limits: { attemptsMax: 1 },
        })
        await expect(failed).rejects.toThrow(failing(code))
        expect(await readdir(dir)).toStrictEqual(['cache'])
      },
    )

    test('when the config has a key that is not known, then it is refused', async () => {
      const { source } = await stage(rig, [])
      expect(source.config.safeParse({ ...rig.config('https://x.org'), assets: 'x' }).success).toBe(false)
      expect(source.config.safeParse({ ...rig.config('https://x.org'), token: 'ghp_x' }).success).toBe(false)
    })
  })
}

function artifactOf(releases: readonly { readonly artifact: Artifact | null }[]): Artifact {
  const artifact = releases[0]?.artifact ?? null
  if (artifact === null) throw new Error('the listing has no artifact')
  return artifact
}
