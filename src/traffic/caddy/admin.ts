import { type IncomingMessage, request } from 'node:http'
import { z } from 'zod'
import { forbidden, notCaddy, unreachable } from './failures.ts'

const answerBytesMax = 16 * 1024 * 1024
const answerTimeoutMs = 5000

const upstreamsSchema = z.array(z.object({ address: z.string(), num_requests: z.int().min(0) }))
export type Upstreams = z.infer<typeof upstreamsSchema>

/**
 * Asks Caddy about itself: reads only. In 2.6 every change of its config closes all WebSockets, so none is ever made.
 * Errors: E_TRAFFIC_UNREACHABLE, E_PERMISSION, E_TRAFFIC_CONFIG (what answers is no Caddy).
 */
export interface Admin {
  /** The config that runs, as Caddy's own JSON; null: it has none. */
  config(signal: AbortSignal): Promise<unknown>
  /** Requests and streams that are open to each upstream. */
  upstreams(signal: AbortSignal): Promise<Upstreams>
}

export function adminAt(base: string): Admin {
  const asked = async (path: string, signal: AbortSignal): Promise<unknown> => {
    const { status, text } = await exchange(new URL(path, base), signal)
    if (status === 403) throw forbidden(base)
    if (status !== 200) throw notCaddy(base, `it answered ${path} with status ${status}`)
    return parsed(base, text)
  }
  return {
    config: (signal) => asked('/config/', signal),
    async upstreams(signal) {
      const found = upstreamsSchema.safeParse((await asked('/reverse_proxy/upstreams', signal)) ?? [])
      if (found.success) return found.data
      throw notCaddy(base, 'it does not tell its upstreams')
    },
  }
}

function parsed(base: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw notCaddy(base, 'its answer is no JSON')
  }
}

interface Exchanged {
  readonly status: number
  readonly text: string
}

async function exchange(url: URL, signal: AbortSignal): Promise<Exchanged> {
  signal.throwIfAborted()
  const timeout = AbortSignal.timeout(answerTimeoutMs)
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { agent: false, signal: AbortSignal.any([signal, timeout]), headers: { 'user-agent': 'belay' } }
      request(url, options, resolve).once('error', reject).end()
    })
    return { status: answer.statusCode ?? 0, text: await textOf(answer) }
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(url.origin, timeout.aborted ? `no answer within ${answerTimeoutMs / 1000} s` : error)
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > answerBytesMax) throw new Error(`its answer has more than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
