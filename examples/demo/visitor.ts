import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export interface Visit {
  readonly status: number
  readonly body: string
}

/** Who looks whether all is well has patience; who asks over and over gives up as a person would. */
const lookTimeoutMs = 30_000
const visitTimeoutMs = 2_000

/** One GET on a connection of its own, as a newcomer makes it. Rejects when nobody answers. */
export function visit(url: string, timeoutMs = lookTimeoutMs): Promise<Visit> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

export interface Seen {
  /** From the first request that was not served to the first that was again, summed up over all outages. */
  readonly downMs: number
  readonly requests: number
}

/** Somebody who asks for the page over and over, and knows for how long it was not there. */
export function keepVisiting(url: string, everyMs: number): { stop(): Promise<Seen> } {
  const stopping = new AbortController()
  const looking = look(url, everyMs, stopping.signal)
  return {
    stop: () => {
      stopping.abort()
      return looking
    },
  }
}

async function look(url: string, everyMs: number, signal: AbortSignal): Promise<Seen> {
  let downMs = 0
  let requests = 0
  let downSince: number | null = null
  while (!signal.aborted) {
    const sentAt = performance.now()
    const served = await visit(url, visitTimeoutMs).then(
      ({ status }) => status === 200,
      () => false,
    )
    requests += 1
    if (!served) downSince ??= sentAt
    if (served && downSince !== null) {
      downMs += performance.now() - downSince
      downSince = null
    }
    await pause(everyMs)
  }
  return { downMs: downSince === null ? downMs : downMs + performance.now() - downSince, requests }
}
