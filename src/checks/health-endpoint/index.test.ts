import { once } from 'node:events'
import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ask } from '../../host/check-context.fixture.ts'
import { healthEndpointCheck } from './index.ts'

const check = healthEndpointCheck()

async function asked(listener: RequestListener, config: object = {}) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await ask(check, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`, ...config })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const answer =
  (status: number, body = ''): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { location: '/login' }).end(body)

test('when the endpoint answers as expected then it passes with status, body and time', async () => {
  const result = await asked(answer(200, '{"status":"ok"}'))
  expect(result).toMatchObject({ ok: true, facts: { status: 200, body: '{"status":"ok"}' } })
})

test('D7: when the endpoint is not healthy then one request is made, and the engine repeats it until its timeout', async () => {
  let requests = 0
  const result = await asked((_, response) => {
    requests += 1
    response.writeHead(503).end('starting')
  })
  expect(result).toMatchObject({
    ok: false,
    problem: { code: 'E_CHECK_FAILED', retryable: true, facts: { status: 503, body: 'starting' } },
  })
  expect(requests).toBe(1)
  expect(check.timeoutMs(check.config.parse({ type: 'health_endpoint', url: 'http://localhost/' }))).toBe(60_000)
})

test.each([
  [302, 'x', {}, false],
  [302, 'x', { expected_status: 302 }, true],
  [204, '', { expected_status: [200, 204] }, true],
  [200, 'all well', { body: 'well' }, true],
  [200, 'all well', { body: 'ill' }, false],
  [200, '{"status":"ok","db":{"up":true}}', { json: { '/status': 'ok', '/db/up': true } }, true],
  [200, '{"status":"degraded"}', { json: { '/status': 'ok' } }, false],
  [200, '<html>ok</html>', { json: { '/status': 'ok' } }, false],
])('when the answer is %i %j and %j is expected then it is healthy: %s', async (status, body, config, healthy) => {
  expect((await asked(answer(status, body), config)).ok).toBe(healthy)
})

test('when the body is long then 500 characters of it are in the facts', async () => {
  const result = await asked(answer(500, 'x'.repeat(5000)))
  expect(result.ok ? '' : result.problem.facts['body']).toHaveLength(500)
})

test('when it is not healthy then the first line of the answer is there for the sentence', async () => {
  const refused = await asked(answer(500, '\nno such column: fixture.zone\n  at query (db.js:12)'))
  expect(refused).toMatchObject({
    problem: {
      message: expect.stringMatching(/^GET http:\/\/127.0.0.1:\d+\/health answered 500 instead of 200$/),
      facts: { last: 'no such column: fixture.zone' },
    },
  })
  const long = await asked(answer(500, 'x'.repeat(5000)))
  expect(long.ok ? '' : long.problem.facts['last']).toHaveLength(120)
  const silent = await asked(answer(500))
  expect(silent).not.toHaveProperty('problem.facts.last')
})

test('when nobody listens then it fails with the reason', async () => {
  const result = await ask(check, { url: 'http://127.0.0.1:1/health' })
  expect(result).toMatchObject({ ok: false, problem: { facts: { cause: 'E_NETWORK' } } })
})

test.each(['ftp://localhost/', 'localhost:5000/health', 'file:///etc/passwd'])(
  'when the url is %s then it is refused',
  (url) => {
    expect(check.config.safeParse({ type: 'health_endpoint', url }).success).toBe(false)
  },
)
