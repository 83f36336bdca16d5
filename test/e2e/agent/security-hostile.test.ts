import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { routes } from '../../../src/api/routes/index.ts'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { Agent } from './support/agent.ts'
import { appliance, loginAt, originOf, tokenFor } from './support/frontend.ts'
import { ask, standingOf } from './support/intruder.ts'

/** What no client of ours would send, at a real agent: it refuses, does nothing, and goes on. */
let releases: Releases
let world: World
let agent: Agent
let origin: string
let token: string
const open = new Set<Socket>()

beforeAll(async () => {
  releases = await publishReleases()
  world = await appliance(releases.url)
  agent = new Agent(world)
  origin = await originOf(agent)
  await loginAt(world, origin)
  token = await tokenFor(world, 'admin')
})
afterAll(async () => {
  for (const socket of open) socket.destroy()
  expect(await agent.stop()).toBe(0)
  await world.remove()
  await releases.close()
})

function socketTo(): Socket {
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  open.add(socket)
  socket.on('error', () => {}).once('close', () => open.delete(socket))
  return socket
}

const hungMs = 120_000

/** Bytes as they are, and what comes back until the other end has nothing more to say. */
async function raw(text: string | Buffer): Promise<string> {
  const socket = socketTo()
  const deadline = setTimeout(() => socket.destroy(), hungMs)
  let said = ''
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString('latin1')
    // A stream of events has no end.
    if (/^content-type: text\/event-stream/im.test(said)) socket.destroy()
  })
  socket.write(text)
  await new Promise((resolve) => socket.once('close', resolve))
  clearTimeout(deadline)
  return said
}

const statusOf = (said: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1] ?? 0)
const withToken = () => `host: 127.0.0.1\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n`
const get = (path: string, more = '') => raw(`GET ${path} HTTP/1.1\r\n${withToken()}${more}\r\n`)

async function isWell(): Promise<void> {
  expect((await ask(origin, 'GET', '/healthz')).status).toBe(200)
}

test.each([
  '/../../../../etc/passwd',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
  '/assets/../../../../../etc/passwd',
  '/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd',
  '/assets/..%5c..%5cpackage.json',
  '/assets/%252e%252e%252fpackage.json',
  '//etc/passwd',
  '/\\etc\\passwd',
  '/etc/passwd%00.html',
  'file:///etc/passwd',
  'http://evil.example/etc/passwd',
  '/api/v1/components/..%2f..%2f..%2fetc%2fpasswd',
  '/api/v1/runs/..%2f..%2fjournal.db',
  '/api/v1/components/app/backups/..%2f..%2f..%2fetc/restore',
  '/api/v1/problems/..%2f..%2fpackage.json',
  '/docs/problems/..%2f..%2f..%2fpackage.json',
  '/%c0%ae%c0%ae/etc/passwd',
  '/%',
  '/%zz',
  '/\u0000',
])('when %s is asked for then no file of the host is read', async (path) => {
  const said = await get(path)
  expect(statusOf(said)).toBeLessThan(500)
  expect(said).not.toMatch(/root:x:0|"dependencies"|SQLite format/)
  await isWell()
})

test('when a path or a query would write a header then it writes none', async () => {
  for (const injected of ['%0d%0aset-cookie:%20a=b', '%0aset-cookie:%20a=b', '%E5%98%8A%E5%98%8Dset-cookie:%20a=b']) {
    for (const { path } of routes.filter(({ method }) => method === 'GET')) {
      const filled = path.replaceAll(/\{\w+\}/g, injected)
      const said = await get(
        `${filled}?x=${injected}&lang=${injected}`,
        `accept: text/html\r\naccept-language: ${injected}\r\n`,
      )
      expect(said.split('\r\n\r\n')[0]?.toLowerCase()).not.toMatch(/^set-cookie/m)
      expect(statusOf(said), filled).not.toBe(500)
    }
  }
})

test('when a name, a path or a header would write a line of the log then there is none', async () => {
  const forged = 'x\n2026-11-21T00:00:00.000Z info forged line'
  const body = JSON.stringify({ name: forged.slice(0, 64), password: forged })
  // Others may have tried to log in too often before.
  expect([401, 429]).toContain((await ask(origin, 'POST', '/api/v1/session', { body })).status)
  await get(`/${encodeURIComponent(forged)}`, `user-agent: ${forged.replace('\n', '\r\n ')}\r\n`)
  const headers = { authorization: `Bearer ${token}` }
  await ask(origin, 'POST', '/api/v1/tokens', { headers, body: JSON.stringify({ name: forged, scope: 'read' }) })
  await isWell()
  expect(agent.said).not.toMatch(/^[^\n]*forged line/m)
})

test.each([
  [
    'a body that is longer than it says',
    `POST /api/v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\n\r\n{}GET /x HTTP/1.1\r\nconnection: close\r\n\r\n`,
  ],
  [
    'two lengths',
    'POST /api/v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 2\r\ncontent-length: 20\r\n\r\n{}',
  ],
  [
    'a length and chunks',
    'POST /api/v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n'],
  ['two hosts', 'GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n'],
  ['a host of no kind', 'GET /healthz HTTP/1.1\r\nhost: <script>\r\nconnection: close\r\n\r\n'],
  ['no protocol', 'GET /healthz\r\n\r\n'],
  ['an older protocol', 'GET /api/v1/components HTTP/1.0\r\n\r\n'],
  ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001'],
  ['a method of its own', 'BREW /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'],
  ['its own request back', 'TRACE / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: secret\r\nconnection: close\r\n\r\n'],
  ['many headers', `GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${'x: 1\r\n'.repeat(3000)}\r\n`],
  [
    'long headers',
    `GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`,
  ],
  ['a long path', `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`],
])('when somebody sends %s then it is refused and nothing breaks', async (_, text) => {
  const said = await raw(text)
  const statuses = [...said.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status))
  expect(
    statuses.every((status) => status >= 400 && status < 500),
    said,
  ).toBe(true)
  expect(said).not.toMatch(/secret/)
  await isWell()
})

test('when a body is too long, too deep, of another kind or not even text then it is refused with 400 or 413', async () => {
  const before = await standingOf(world)
  const headers = { authorization: `Bearer ${token}` }
  const takes = routes.filter(
    ({ method, path, body }) => path.startsWith('/api/v1/') && method !== 'DELETE' && body !== undefined,
  )
  expect(takes.length).toBeGreaterThan(8)
  const bodies: readonly (readonly [string, string, string])[] = [
    ['application/json', 'x'.repeat(70_000), 'long'],
    ['application/json', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'deep'],
    ['application/json', '{"__proto__":{"scope":"admin"},"constructor":1}', 'prototype'],
    ['application/json', '{"now":1e999,"to":{"$ne":null}}', 'typed'],
    ['application/json', '\u0000', 'nul'],
    ['application/json', 'null', 'null'],
    ['application/json', '[]', 'list'],
    ['text/plain', '{}', 'plain'],
    ['application/x-www-form-urlencoded', 'to=1', 'form'],
    ['multipart/form-data; boundary=x', '--x--', 'parts'],
  ]
  for (const { method, path } of takes) {
    for (const [type, body, what] of bodies) {
      const { status } = await ask(origin, method, path.replaceAll(/\{\w+\}/g, 'nonesuch'), {
        headers: { ...headers, 'content-type': type },
        body,
      })
      expect([400, 404, 413, 422].includes(status), `${method} ${path} ${what} ${status}`).toBe(true)
    }
  }
  expect(await standingOf(world)).toEqual(before)
})

const addresses = routes.map(({ method, path }) => ({ method, path }))

/** Words that mean something, among much that means nothing. */
const word = fc.oneof(
  fc.constantFrom(
    'app',
    '..',
    '.',
    '%2e%2e',
    '%00',
    '%ff',
    'r-00000000',
    'api',
    'v1',
    'events',
    'constructor',
    '__proto__',
    '',
  ),
  fc.string({ maxLength: 12 }),
)
const requests = fc.record({
  route: fc.constantFrom(...addresses.filter(({ path }) => !path.includes('support-bundle'))),
  words: fc.array(word, { minLength: 3, maxLength: 3 }),
  query: fc.dictionary(
    fc.constantFrom('limit', 'before', 'component', 'lang', 'name', 'force', '__proto__'),
    fc.string({ maxLength: 20 }),
    { maxKeys: 3 },
  ),
  header: fc.constantFrom(
    'accept',
    'accept-language',
    'last-event-id',
    'if-none-match',
    'accept-encoding',
    'range',
    'expect',
    'cookie',
  ),
  value: fc.string({
    maxLength: 40,
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  }),
  body: fc.oneof(fc.json({ maxDepth: 3 }), fc.string({ maxLength: 50 }), fc.constant('{')),
})

test('when hundreds of requests are put together by chance then none is answered with 500, and the agent goes on', async () => {
  // What an admin may begin, it begins: here only reading is tried with all rights, and the rest with none.
  await fc.assert(
    fc.asyncProperty(requests, async ({ route, words, query, header, value, body }) => {
      let used = 0
      const path = route.path.replaceAll(/\{\w+\}/g, () =>
        encodeURI(words[used++ % words.length] ?? '').replaceAll(/[?#]/g, ''),
      )
      const search = new URLSearchParams(query).toString()
      const reading = route.method === 'GET'
      const said = await raw(
        `${route.method} ${path}?${search} HTTP/1.1\r\n${reading ? withToken() : 'host: 127.0.0.1\r\nconnection: close\r\n'}` +
          `${header}: ${value}\r\n` +
          (reading
            ? '\r\n'
            : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
      )
      const status = statusOf(said)
      expect(status === 500 || status === 0, `${route.method} ${path}?${search} ${header}: ${value}\n${said}`).toBe(
        false,
      )
      expect(said).not.toMatch(/Internal Server Error|\.ts:\d+/)
    }),
    { numRuns: 300 },
  )
  await isWell()
})

test('when more slow clients come than there is room for then others are answered as quickly as ever', async () => {
  const slow = Array.from({ length: 1200 }, (_, i) => {
    const socket = socketTo()
    const head =
      i % 2 === 0
        ? 'GET / HTTP/1.1\r\nhost: 127'
        : 'POST /api/v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{'
    socket.once('connect', () => socket.write(head))
    return socket
  })
  await Promise.all(slow.slice(-100).map((socket) => once(socket, 'connect')))
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('a')
  }, 500)
  try {
    for (let i = 0; i < 20; i++) {
      const began = performance.now()
      const { status } = await ask(origin, 'GET', '/api/v1/components', {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(status).toBe(200)
      // Well before the slow ones run into their own limit of ten seconds.
      expect(performance.now() - began).toBeLessThan(8000)
    }
  } finally {
    clearInterval(drip)
    for (const socket of slow) socket.destroy()
  }
  await isWell()
})

test('when somebody guesses passwords then they have to wait, and are told how long', async () => {
  const guess = () => ask(origin, 'POST', '/api/v1/session', { body: '{"name":"anna","password":"not this one"}' })
  // Each wait is twice the one before: who is slow gets a few guesses more, and not many.
  let last = await guess()
  for (let guesses = 1; last.status !== 429 && guesses < 15; guesses++) last = await guess()
  expect(last.status).toBe(429)
  expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
})
