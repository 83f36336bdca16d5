import { on, once } from 'node:events'
import { request as requestHttp } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { SeenAtPort } from '../../core/doctor/report.ts'
import { fail } from '../../core/model/problem.ts'
import type { SlotAddress } from '../../core/plan/step.ts'
import type { Begun } from '../../ports/witness.ts'

const firstTimeoutMs = 10_000
const answerCharsMax = 1_000_000
/** Its handler of SIGTERM has run by then, whatever that handler does next. */
const restAfterMs = 300
const newEveryMs = 50
const newTimeoutMs = 2000

/** Times count from `told`; null before it. */
interface Clock {
  since(): number | null
  begin(): void
}

/** One idle connection, one request under way, and after `told` new connections again and again. E_NETWORK. */
export async function begin(
  address: SlotAddress,
  { path, slow }: { readonly path: string; readonly slow: string | null },
): Promise<Begun> {
  const clock = startedLater()
  const idle = await idleConnection(address, path, clock)
  const under = slow === null ? await halfSent(address, path) : slowRequest(address, slow, clock)
  const later: { fresh: ReturnType<typeof newConnections> | null } = { fresh: null }
  return {
    told() {
      clock.begin()
      under.told()
      later.fresh = newConnections(address, path, clock)
    },
    async end() {
      const refuses_ms = (await later.fresh?.stop()) ?? null
      const answered = await under.end()
      return { request: slow === null ? 'half-sent' : 'slow', answered, ...idle.end(), refuses_ms }
    },
  }
}

function startedLater(): Clock {
  let at: number | null = null
  return {
    since: () => (at === null ? null : Math.round(performance.now() - at)),
    begin: () => {
      at = performance.now()
    },
  }
}

/**
 * A connection that was used once and is kept, as a proxy keeps its own. A socket of ours: the agent of Node hides whether one that
 * is idle was closed or reset.
 */
async function idleConnection({ host, port }: SlotAddress, path: string, clock: Clock) {
  const state: { idle: SeenAtPort['idle']; idle_ms: number | null } = { idle: 'stayed', idle_ms: null }
  const became = (idle: 'closed' | 'reset') => {
    if (state.idle !== 'stayed') return
    Object.assign(state, clock.since() === null ? { idle: 'none' } : { idle, idle_ms: clock.since() })
  }
  const socket = connect({ host, port })
  socket.on('end', () => became('closed'))
  socket.on('error', () => became('reset'))
  try {
    await answeredOnce(socket, `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: belay\r\n\r\n`)
  } catch (error) {
    socket.destroy()
    throw fail('E_NETWORK', `${host}:${port} does not answer ${path}: ${String(error)}`, {
      hint: 'Set traffic.ready.path to a path that it answers.',
      facts: { host, port, path },
    })
  }
  return {
    end() {
      const seen = { ...state }
      socket.destroy()
      return seen
    },
  }
}

/** Resolves with the end of the answer, or of the connection where that ends it. */
async function answeredOnce(socket: Socket, request: string): Promise<void> {
  const signal = AbortSignal.timeout(firstTimeoutMs)
  await once(socket, 'connect', { signal })
  socket.write(request)
  let text = ''
  for await (const [data] of on(socket, 'data', { signal, close: ['end', 'close'] }) as AsyncIterable<[Buffer]>) {
    text += data.toString('latin1')
    if (isWhole(text) || text.length > answerCharsMax) break
  }
  if (!text.startsWith('HTTP/1.')) throw new Error('it said nothing')
  // What is still to come must not keep the end of the connection from being seen.
  socket.resume()
}

/** Of an answer to a GET: by its length, or by the last of its chunks. */
function isWhole(text: string): boolean {
  const at = text.indexOf('\r\n\r\n')
  if (at < 0) return false
  const head = text.slice(0, at)
  const body = text.slice(at + 4)
  const length = /^content-length:\s*(\d+)/im.exec(head)?.[1]
  if (length !== undefined) return body.length >= Number(length)
  if (/^transfer-encoding:.*chunked/im.test(head)) return body.endsWith('0\r\n\r\n')
  return /^HTTP\/1\.\d (204|304)/.test(head)
}

const agentHeader = { 'user-agent': 'belay' }

interface Under {
  told(): void
  end(): Promise<SeenAtPort['answered']>
}

function slowRequest({ host, port }: SlotAddress, path: string, clock: Clock): Under {
  const answered = Promise.withResolvers<SeenAtPort['answered']>()
  const request = requestHttp({ host, port, path, agent: false, headers: agentHeader }, (response) => {
    response.resume()
    response.on('end', () => answered.resolve(clock.since() === null ? 'quick' : response.complete ? 'yes' : 'no'))
    response.on('error', () => answered.resolve('no'))
  })
  request.on('error', () => answered.resolve('no'))
  request.end()
  return {
    told: () => {},
    end() {
      // Whoever has not answered when its process is gone never will.
      setTimeout(() => request.destroy(), restAfterMs)
      return answered.promise
    },
  }
}

/** A request whose last line comes when the process knows that it has to end: it takes no program that is slow. */
async function halfSent({ host, port }: SlotAddress, path: string): Promise<Under> {
  const socket = connect({ host, port })
  await once(socket, 'connect')
  const answered = Promise.withResolvers<SeenAtPort['answered']>()
  let text = ''
  socket.on('data', (data) => (text += data.toString('latin1', 0, 20)))
  socket.on('error', () => {})
  socket.on('close', () => answered.resolve(text.startsWith('HTTP/1.') ? 'yes' : 'no'))
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUser-Agent: belay\r\n`)
  return {
    told: () => setTimeout(() => socket.writable && socket.write('Connection: close\r\n\r\n'), restAfterMs),
    end() {
      setTimeout(() => socket.destroy(), restAfterMs)
      return answered.promise
    },
  }
}

/** A port that accepts proves nothing where another program forwards it: only an answer does. */
function newConnections(address: SlotAddress, path: string, clock: Clock) {
  let refused: number | null = null
  const under = new Set<Promise<void>>()
  const once = async (): Promise<void> => {
    const at = clock.since()
    if ((await isAnswered(address, path)) || refused !== null) return
    refused = at
    clearInterval(timer)
  }
  const next = () => {
    const asked: Promise<void> = once().finally(() => under.delete(asked))
    under.add(asked)
  }
  const timer = setInterval(next, newEveryMs)
  next()
  return {
    async stop(): Promise<number | null> {
      clearInterval(timer)
      await Promise.all(under)
      return refused
    },
  }
}

function isAnswered({ host, port }: SlotAddress, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = requestHttp({ host, port, path, agent: false, timeout: newTimeoutMs, headers: agentHeader })
    request.on('response', (response) => {
      response.resume()
      resolve(true)
    })
    // One that is busy with something else takes its time.
    request.on('timeout', () => {
      resolve(true)
      request.destroy()
    })
    request.on('error', () => resolve(false))
    request.end()
  })
}
