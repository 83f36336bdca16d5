import { readFile } from 'node:fs/promises'
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { BelayError } from '../../core/model/problem.ts'
import type { Endpoint } from './endpoint.ts'
import { answerInvalid, timedOut, tooLarge, unreachable } from './failures.ts'
import type { EngineLimits } from './types.ts'

export interface Wire {
  readonly endpoint: Endpoint
  readonly limits: EngineLimits
}

export interface EngineRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** With its query, from the root on. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
  /** A tar, sent as it comes. What it fails with is what the exchange fails with. */
  readonly tar?: AsyncIterable<Uint8Array>
  /** For the answer as a whole; `answerTimeoutMs` when absent. null: as long as it does not fall silent. */
  readonly timeoutMs?: number | null
  readonly signal: AbortSignal
}

/** One request, on a connection of its own: an engine that was restarted must not be asked on the old one. */
export async function exchange<T>(
  wire: Wire,
  request: EngineRequest,
  read: (answer: IncomingMessage) => Promise<T>,
): Promise<T> {
  const { endpoint, limits } = wire
  const { signal, timeoutMs = limits.answerTimeoutMs } = request
  signal.throwIfAborted()
  const whole = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs)
  const ends = whole === null ? signal : AbortSignal.any([signal, whole])
  try {
    return await read(await answerTo(wire, request, ends))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof BelayError) throw error
    if (whole?.aborted === true) throw timedOut(endpoint.address, 'answer', timeoutMs ?? 0)
    throw failureOf(error, endpoint.address)
  }
}

function failureOf(error: unknown, at: string): BelayError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code.startsWith('HPE_') ? answerInvalid(at, 'does not speak HTTP', error) : unreachable(at, error)
}

async function answerTo(
  { endpoint, limits }: Wire,
  request: EngineRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body)
  const bodyHeaders =
    body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
  const tarHeaders = request.tar === undefined ? {} : { 'content-type': 'application/x-tar' }
  const options: RequestOptions = {
    ...(await target(endpoint)),
    agent: false,
    method: request.method ?? 'GET',
    path: request.path,
    signal,
    headers: { 'user-agent': 'belay', connection: 'close', ...bodyHeaders, ...tarHeaders, ...request.headers },
  }
  return new Promise((resolve, reject) => {
    const send = endpoint.kind === 'tcp' && endpoint.tls !== null ? requestHttps : requestHttp
    let begun: IncomingMessage | null = null
    const sent = send(options, (answer) => {
      begun = answer
      // Whoever reads it hears of errors by reading.
      answer.on('error', () => {})
      resolve(answer)
    })
    const silent = (what: string, limitMs: number) => () =>
      (begun ?? sent).destroy(timedOut(endpoint.address, what, limitMs))
    const connecting = setTimeout(silent('take a connection', limits.connectTimeoutMs), limits.connectTimeoutMs)
    sent.setTimeout(limits.pullIdleTimeoutMs, silent('say anything', limits.pullIdleTimeoutMs))
    sent.on('socket', (socket) => socket.once('connect', () => clearTimeout(connecting)))
    sent.on('close', () => clearTimeout(connecting))
    sent.on('error', reject)
    if (request.tar === undefined) sent.end(body)
    else pipeline(request.tar, sent).catch(reject)
  })
}

async function target(endpoint: Endpoint): Promise<RequestOptions & Record<string, unknown>> {
  if (endpoint.kind === 'unix') return { socketPath: endpoint.path, host: 'localhost' }
  const { host, port, tls } = endpoint
  if (tls === null) return { host, port }
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => pem(join(tls, name))))
  return { host, port, ca, cert, key }
}

/** Each of them may be absent: an engine need not ask for a certificate. */
async function pem(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined)
}

/** The whole body, at most `bytesMax` bytes. */
export async function readAll(answer: IncomingMessage, at: string, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw tooLarge(at, bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
