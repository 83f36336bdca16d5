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

/** Short where tests wait for the limit, and long where a busy machine would reach it by itself. */
export const testLimits: Partial<HttpLimits> = {
  connectTimeoutMs: 5000,
  headersTimeoutMs: 5000,
  bodyIdleTimeoutMs: 300,
  answerTimeoutMs: 10_000,
  answerBytesMax: 64 * 1024,
}

export interface TestClient extends HttpClient, AsyncDisposable {
  readonly clock: TestClock
}

export function testClient(
  limits: Partial<HttpLimits> = {},
  allowHttp: readonly string[] = ['127.0.0.1'],
  environment: Readonly<Record<string, string>> = {},
): TestClient {
  const clock = testClock()
  const all = { ...testLimits, ...limits }
  const http = httpClient({ allowHttp, version: '0.0.0-test', clock, environment, limits: all })
  return { ...http, clock, [Symbol.asyncDispose]: () => http.close() }
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
