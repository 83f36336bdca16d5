import { expect, test } from 'vitest'
import { digestSchema } from '../../core/model/names.ts'
import type { ProblemCode } from '../../core/model/codes.ts'
import { problemOf } from '../../core/model/problem.ts'
import { openEngine } from './open.ts'
import { type Answer, hello, type OddEngine, oddEngine, sends } from './testing.ts'
import type { EngineLimits, PullInput } from './types.ts'

const never = new AbortController().signal
const digest = digestSchema.parse(`sha256:${'a'.repeat(64)}`)
const repository = 'ghcr.io/o/app'
const named = `${repository}@${digest}`
const inspectPath = `GET /images/${named}/json`
const image = { Id: `sha256:${'b'.repeat(64)}`, RepoTags: [], RepoDigests: [named], Size: 1 }

const open = (engine: OddEngine, limits: Partial<EngineLimits> = {}) => openEngine({ host: engine.host, limits })

const failureOf = async (promise: Promise<unknown>) =>
  problemOf(
    await promise.then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    ),
  )

/** Lines of a pull, ended as the engine would. */
const streams =
  (...lines: readonly (object | string)[]): Answer =>
  (_, response) => {
    response.writeHead(200)
    for (const line of lines) response.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\r\n`)
    response.end()
  }

async function pull(engine: OddEngine, more: Partial<PullInput> = {}, limits: Partial<EngineLimits> = {}) {
  const client = await open(engine, limits)
  await client.pull({ repository, digest, auth: null, onProgress: () => {}, ...more }, never)
}

const failsWith = (message: string): Answer =>
  streams({ status: 'Pulling' }, { errorDetail: { message }, error: message })

test.each<[ProblemCode, string, boolean]>([
  ['E_NOT_FOUND', `manifest for ${named} not found: manifest unknown: manifest unknown`, false],
  ['E_UNAUTHORIZED', 'unauthorized: authentication required', false],
  ['E_UNAUTHORIZED', "pull access denied for app, repository does not exist or may require 'docker login'", false],
  ['E_NOT_FOUND', 'no matching manifest for linux/arm/v7 in the manifest list entries', false],
  ['E_RATE_LIMITED', 'toomanyrequests: You have reached your pull rate limit', true],
  ['E_DISK_FULL', 'write /var/lib/docker/tmp/x: no space left on device', false],
  ['E_CHECKSUM_MISMATCH', 'filesystem layer verification failed for digest sha256:00', false],
  ['E_NETWORK', 'Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io: no such host', true],
  ['E_PULL_FAILED', 'Get "https://r:5000/v2/": http: server gave HTTP response to HTTPS client', false],
  ['E_PULL_FAILED', 'something else', true],
])(
  'when the stream of a pull says %s by "%s" then it is that, although the status was 200',
  async (code, said, retryable) => {
    await using engine = await oddEngine({ 'POST /images/create': failsWith(said) })
    const problem = await failureOf(pull(engine))
    expect(problem).toMatchObject({ code, retryable, facts: { said } })
    expect(problem.hint).not.toBeNull()
  },
)

test('when an image is called like an error then its name is not taken for one', async () => {
  const odd = 'ghcr.io/forbidden/not-found'
  await using engine = await oddEngine({ 'POST /images/create': failsWith(`${odd}@${digest}: it broke`) })
  expect(await failureOf(pull(engine, { repository: odd }))).toMatchObject({ code: 'E_PULL_FAILED' })
})

test('when an engine says no by its status then its words count the same', async () => {
  await using engine = await oddEngine({ 'POST /images/create': sends(404, { message: 'manifest unknown' }) })
  expect(await failureOf(pull(engine))).toMatchObject({ code: 'E_NOT_FOUND' })
})

test('when a pull goes well then its layers are summed, and the login goes along', async () => {
  const layer = (id: string, status: string, current?: number, total?: number) => ({
    id,
    status,
    progressDetail: current === undefined ? {} : { current, total },
  })
  let header = ''
  await using engine = await oddEngine({
    'POST /images/create': (request, response) => {
      header = String(request.headers['x-registry-auth'])
      streams(
        layer('a', 'Pulling fs layer'),
        layer('b', 'Already exists'),
        layer('a', 'Downloading', 50, 200),
        layer('a', 'Download complete'),
        layer('a', 'Extracting', 10, 200),
        layer('a', 'Pull complete'),
        'no json at all {{',
        '[1]',
        { status: `Digest: ${digest}` },
      )(request, response)
    },
    [inspectPath]: sends(200, image),
  })
  const seen: (readonly [number, number | null, string])[] = []
  await pull(engine, {
    auth: { username: 'u', password: 'ü' },
    onProgress: (...now) => seen.push(now),
  })
  expect(seen.at(-1)).toEqual([200, 200, '2 of 2 layers'])
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    username: 'u',
    password: 'ü',
    serveraddress: 'ghcr.io',
  })
  expect(engine.asked[0]).toBe(`POST /v1.41/images/create?fromImage=ghcr.io%2Fo%2Fapp&tag=sha256%3A${'a'.repeat(64)}`)
})

test('when a login is sent then with its padding, without which Docker takes it for none', async () => {
  let header = ''
  await using engine = await oddEngine({
    'POST /images/create': (request, response) => {
      header = String(request.headers['x-registry-auth'])
      streams({ status: 'done' })(request, response)
    },
    [inspectPath]: sends(200, image),
  })
  for (const username of ['u', 'us', 'use']) {
    await pull(engine, { auth: { username, password: 'p' } })
    expect(header.length % 4).toBe(0)
    expect(Buffer.from(header, 'base64url').toString()).toContain(`"${username}"`)
  }
})

test('when a line of the stream has no end then it costs no more than its limit, and what came is looked at', async () => {
  await using engine = await oddEngine({
    'POST /images/create': streams(`{"status":"${'x'.repeat(500_000)}"}`, { status: 'Status: ok' }),
    [inspectPath]: sends(200, image),
  })
  await pull(engine, {}, { lineBytesMax: 1000 })
})

test('when the stream ends without a word and the image is not there then the pull failed', async () => {
  await using engine = await oddEngine({ 'POST /images/create': streams('{"status":"Downl') })
  expect(await failureOf(pull(engine))).toMatchObject({ code: 'E_PULL_FAILED', retryable: true })
})

test('when what came has another digest then it is not genuine', async () => {
  await using engine = await oddEngine({
    'POST /images/create': streams({ status: 'done' }),
    [inspectPath]: sends(200, { ...image, RepoDigests: [`${repository}@sha256:${'c'.repeat(64)}`] }),
  })
  expect(await failureOf(pull(engine))).toMatchObject({ code: 'E_CHECKSUM_MISMATCH' })
})

test('when the engine goes away in the middle of a pull then trying again may help', async () => {
  await using engine = await oddEngine({
    'POST /images/create': (_, response) => {
      response.writeHead(200)
      response.write('{"status":"Pulling"}\r\n', () => response.destroy())
    },
  })
  expect(await failureOf(pull(engine))).toMatchObject({ code: 'E_ENGINE_UNREACHABLE', retryable: true })
})

test('when a pull falls silent then it ends by itself', async () => {
  await using engine = await oddEngine({
    'POST /images/create': (_, response) => {
      response.writeHead(200)
      response.write('{"status":"Pulling"}\r\n')
    },
  })
  expect(await failureOf(pull(engine, {}, { pullIdleTimeoutMs: 50 }))).toMatchObject({
    code: 'E_TIMEOUT',
    retryable: true,
  })
})

test('when a pull is cancelled then its request ends, so that the engine stops too', async () => {
  const abort = new AbortController()
  const cut = Promise.withResolvers<void>()
  await using engine = await oddEngine({
    'POST /images/create': (_, response) => {
      response.writeHead(200)
      response.write('{"status":"Pulling"}\r\n', () => abort.abort(new Error('enough')))
      response.once('close', cut.resolve)
    },
  })
  const client = await open(engine)
  await expect(client.pull({ repository, digest, auth: null, onProgress: () => {} }, abort.signal)).rejects.toThrow(
    'enough',
  )
  await cut.promise
})

test.each<[string, Answer, ProblemCode]>([
  ['hangs', () => {}, 'E_TIMEOUT'],
  ['has a fault', sends(500, { message: 'no space left on device' }), 'E_DISK_FULL'],
  ['has another fault', sends(500, 'panic: at the disco'), 'E_ENGINE_ANSWER'],
  ['sends half of its JSON', sends(200, '{"Volumes": ['), 'E_ENGINE_ANSWER'],
  ['sends something else', sends(200, { Volumes: [{ Name: 1 }] }), 'E_ENGINE_ANSWER'],
  ['sends without end', sends(200, 'x'.repeat(100_000)), 'E_ENGINE_ANSWER'],
  ['cuts the connection', (_, response) => response.destroy(), 'E_ENGINE_UNREACHABLE'],
])('when an engine %s then it is an error with a hint', async (_, answer, code) => {
  await using engine = await oddEngine({ 'GET /volumes': answer })
  const client = await open(engine, { answerTimeoutMs: 200, answerBytesMax: 20_000 })
  const problem = await failureOf(client.volumes(never))
  expect(problem.code).toBe(code)
  expect(problem.hint).not.toBeNull()
})

test('D7: when containers are looked for then by the exact names in their labels, and without one-off ones', async () => {
  const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' }
  const detail = {
    Id: 'c1',
    Name: '/shop_web_1',
    Image: 'sha256:1',
    RestartCount: 2,
    State: { Status: 'restarting', ExitCode: 3, StartedAt: '0001-01-01T00:00:00Z' },
    Config: { Image: 'app:1', Labels: labels },
  }
  await using engine = await oddEngine({
    'GET /containers/json': sends(200, [
      { Id: 'c1', Labels: labels },
      { Id: 'once', Labels: { ...labels, 'com.docker.compose.oneoff': 'True' } },
      { Id: 'gone', Labels: labels },
      // As a filter by beginnings would find it.
      { Id: 'web2', Labels: { ...labels, 'com.docker.compose.service': 'web2' } },
    ]),
    'GET /containers/web2/json': sends(200, { ...detail, Id: 'web2' }),
    'GET /containers/c1/json': sends(200, detail),
    'GET /containers/once/json': sends(200, { ...detail, Id: 'once' }),
  })
  const found = await (await open(engine)).containers('shop', 'web', never)
  expect(found).toMatchObject([{ id: 'c1', state: 'restarting', restarts: 2, exitCode: 3, startedMs: null, pid: null }])
  expect(decodeURIComponent(engine.asked[0] ?? '')).toContain(
    '"label":["com.docker.compose.project=shop","com.docker.compose.service=web"]',
  )
})

test('when a container is replaced between the list and the question then the one in its place is told', async () => {
  const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' }
  const detail = { Name: '/shop_web_1', Image: 'sha256:1', State: { Status: 'running' } }
  let replaced = false
  await using engine = await oddEngine({
    'GET /containers/json': (request, response) =>
      sends(200, [{ Id: replaced ? 'new' : 'old', Labels: labels }])(request, response),
    'GET /containers/old/json': (request, response) => {
      replaced = true
      sends(404, { message: 'No such container: old' })(request, response)
    },
    'GET /containers/new/json': sends(200, { ...detail, Id: 'new', Config: { Image: 'app:2', Labels: labels } }),
  })
  expect(await (await open(engine)).containers('shop', 'web', never)).toMatchObject([{ id: 'new' }])
})

test.each(['../containers/x', 'a//b', 'x?force=1', 'x#y', '', 'a b', 'ä'])(
  'when an image is called "%s" then the engine is not asked for it',
  async (name) => {
    await using engine = await oddEngine({})
    expect(await failureOf((await open(engine)).image(name, never))).toMatchObject({ code: 'E_ENGINE_ANSWER' })
    expect(engine.asked).toEqual([])
  },
)

test('when a container has a grace of its own then stopping waits for that, and one that is gone is fine', async () => {
  await using engine = await oddEngine({
    'GET /containers/c1/json': sends(200, {
      Id: 'c1',
      Name: '/c1',
      Image: 'sha256:1',
      State: { Status: 'running' },
      Config: { Image: 'app:1', StopTimeout: 45 },
    }),
    'POST /containers/c1/stop': sends(304, ''),
  })
  const client = await open(engine)
  await client.stop('c1', null, never)
  await client.stop('c1', 3.2, never)
  await client.stop('gone', null, never)
  const stops = engine.asked.filter((line) => line.startsWith('POST'))
  expect(stops.map((line) => line.replace(/^.*containers/, ''))).toEqual([
    '/c1/stop?t=45',
    '/c1/stop?t=4',
    '/gone/stop?t=10',
  ])
})

test('when an image is in use by its last name then the name stays, and one that is gone is fine', async () => {
  await using engine = await oddEngine({
    'DELETE /images/app:1': sends(409, { message: 'conflict: container c1 is using its referenced image' }),
    'DELETE /images/app:2': sends(500, { message: 'broken' }),
  })
  const client = await open(engine)
  await client.untag('app:1', never)
  await client.untag('app:gone', never)
  expect(await failureOf(client.untag('app:2', never))).toMatchObject({ code: 'E_ENGINE_ANSWER', retryable: true })
})

test.each([
  ['arm', 'armv6l', 'v6'],
  ['arm', 'armv7l', 'v7'],
  ['arm', 'aarch64', 'v7'],
  ['arm64', 'aarch64', 'v8'],
  ['amd64', 'x86_64', null],
])('when an engine says it is %s on %s then its images are of the variant %s', async (Arch, Architecture, variant) => {
  await using engine = await oddEngine({ 'GET /info': sends(200, { Architecture }) }, sends(200, { ...hello, Arch }))
  expect(await (await open(engine)).version(never)).toMatchObject({ platform: { variant }, root: null })
})

const frame = (output: number, text: string): Buffer => {
  const header = Buffer.alloc(8)
  header[0] = output
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

test.each([
  [
    'frames, cut anywhere',
    Buffer.concat([
      frame(1, '2026-01-01T00:00:02.5Z se'),
      frame(1, 'cond\n2026-01-01T00:00:03Z third'),
      frame(2, '2026-01-01T00:00:01Z first \u001b[31mred\n'),
    ]),
    ['first [31mred', 'second', 'third'],
  ],
  [
    'a terminal',
    Buffer.from('2026-01-01T00:00:00.3Z too old\r\n2026-01-01T00:00:01Z one\r\n2026-01-01T00:00:02Z two\r\n'),
    ['one', 'two'],
  ],
])('when the output comes as %s then its lines are told in their order', async (_, bytes, lines) => {
  await using engine = await oddEngine({
    'GET /containers/c1/logs': (_request, response) => {
      response.writeHead(200)
      for (const byte of bytes) response.write(Buffer.of(byte))
      response.end()
    },
  })
  const found = await (await open(engine)).logs('c1', Date.UTC(2026, 0, 1) + 500, 10, never)
  expect(found.map(({ text }) => text)).toEqual(lines)
})

test.each([
  ['no', 'exited', 3, true],
  ['', 'exited', 0, true],
  ['on-failure', 'exited', 0, true],
  ['on-failure', 'exited', 3, false],
  ['unless-stopped', 'exited', 3, false],
  ['always', 'dead', 0, false],
  ['no', 'running', 0, false],
])(
  'when the restart policy is "%s" and a container %s with %i then it is over: %s',
  async (Name, Status, code, over) => {
    const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' }
    await using engine = await oddEngine({
      'GET /containers/json': sends(200, [{ Id: 'c1', Labels: labels }]),
      'GET /containers/c1/json': sends(200, {
        Id: 'c1',
        Name: '/c1',
        Image: 'sha256:1',
        State: { Status, ExitCode: code },
        HostConfig: { RestartPolicy: { Name } },
        Config: { Image: 'app:1', Labels: labels },
      }),
    })
    expect(await (await open(engine)).containers('shop', 'web', never)).toMatchObject([{ over }])
  },
)
