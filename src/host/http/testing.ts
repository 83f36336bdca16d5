import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../ports/clock.ts'
import { httpClient } from './client.ts'
import type { HttpClient, HttpLimits } from './types.ts'

/** For tests alone: a clock that waits for nothing and remembers what it was asked to wait for. */
export interface TestClock extends Clock {
  readonly sleptMs: number[]
  set(nowMs: number): void
}

export function testClock(startMs = Date.UTC(2026, 0, 1)): TestClock {
  let nowMs = startMs
  const sleptMs: number[] = []
  return {
    sleptMs,
    set: (ms) => {
      nowMs = ms
    },
    now: () => nowMs,
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      sleptMs.push(ms)
      nowMs += ms
    },
    bootId: () => 'test',
    randomHex: (bytes) => '00'.repeat(bytes),
  }
}

export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

/** A real server on a free port of 127.0.0.1; it counts what it was asked. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly seen: SeenRequest[]
}

export async function testServer(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => unknown,
): Promise<TestServer> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers })
    answer(request, response, seen.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the test server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Longer than a busy machine stands still: a test that waits for a limit sets it. */
const testLimits: Partial<HttpLimits> = {
  connectTimeoutMs: 20_000,
  headersTimeoutMs: 20_000,
  bodyIdleTimeoutMs: 20_000,
  answerTimeoutMs: 20_000,
  answerBytesMax: 64 * 1024,
}

export interface TestClient extends HttpClient, AsyncDisposable {
  readonly clock: TestClock
  /** From now on with these limits, over new connections; `{}` for those that it began with. */
  limit(limits: Partial<HttpLimits>): Promise<void>
}

export function testClient(
  limits: Partial<HttpLimits> = {},
  allowHttp: readonly string[] = ['127.0.0.1'],
  environment: Readonly<Record<string, string>> = {},
): TestClient {
  const clock = testClock()
  const open = (more: Partial<HttpLimits>): HttpClient => {
    const all = { ...testLimits, ...limits, ...more }
    return httpClient({ allowHttp, version: '0.0.0-test', clock, environment, limits: all })
  }
  let http = open({})
  return {
    getJson: (url, options) => http.getJson(url, options),
    ask: (url, options) => http.ask(url, options),
    openStream: (url, options) => http.openStream(url, options),
    close: () => http.close(),
    clock,
    limit: async (more) => {
      await http.close()
      http = open(more)
    },
    [Symbol.asyncDispose]: () => http.close(),
  }
}

/** Aborted by nobody. */
export const untouched = (): AbortSignal => new AbortController().signal

export function sendJson(
  response: ServerResponse,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(json))
}
