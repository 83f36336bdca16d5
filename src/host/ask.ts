import { request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import { problem, type Problem } from '../core/model/problem.ts'

export const askTimeoutMs = 10_000
export const askBodyBytesMax = 64 * 1024

export interface Question {
  readonly url: string
  readonly signal: AbortSignal
  readonly method?: 'GET' | 'HEAD'
  /** Accepts a certificate that nobody vouches for: for checks of the host's own programs. */
  readonly insecureTls?: boolean
  readonly timeoutMs?: number
}

/** `body` is the beginning of it. Redirects are not followed: a check sees what the address itself says. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly truncated: boolean
  readonly location: string | null
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly ms: number
}

function noAnswer(url: string, error: unknown, timedOut: boolean, timeoutMs: number): Problem {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : null
  const text = error instanceof Error && error.message !== '' ? error.message : String(errno ?? error)
  const message = timedOut ? `${url} did not answer within ${timeoutMs / 1000} s` : `${url} cannot be reached: ${text}`
  return problem(timedOut ? 'E_TIMEOUT' : 'E_NETWORK', message, {
    hint: 'Make sure that the program listens there and that nothing stands between.',
    retryable: true,
    facts: errno === null ? { url } : { url, errno },
  })
}

/**
 * One request of a check or probe to a program that is watched, plain http included. Not for sources: those go through
 * `host/http`, which knows secrets, caches and where plain http is allowed. Gives a Problem (E_NETWORK, E_TIMEOUT)
 * when there was no answer; rejects only when the signal aborts.
 */
export async function ask(question: Question): Promise<Answer | Problem> {
  const { url, signal, method = 'GET', insecureTls = false, timeoutMs = askTimeoutMs } = question
  signal.throwIfAborted()
  const begun = performance.now()
  const timeout = AbortSignal.timeout(timeoutMs)
  // A connection of its own: one kept alive could be answered by the old version that is just draining.
  const options: RequestOptions = {
    method,
    agent: false,
    rejectUnauthorized: !insecureTls,
    signal: AbortSignal.any([signal, timeout]),
    headers: { 'user-agent': 'belay', accept: '*/*', connection: 'close' },
  }
  try {
    const answer = await exchange(url, options)
    return { ...answer, ms: Math.round(performance.now() - begun) }
  } catch (error) {
    signal.throwIfAborted()
    return noAnswer(url, error, timeout.aborted, timeoutMs)
  }
}

function exchange(url: string, options: RequestOptions): Promise<Omit<Answer, 'ms'>> {
  return new Promise((resolve, reject) => {
    const send = new URL(url).protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const finish = (truncated: boolean) => {
        const body = Buffer.concat(chunks).subarray(0, askBodyBytesMax).toString('utf8')
        const { statusCode, headers } = response
        resolve({ status: statusCode ?? 0, location: headers.location ?? null, headers, body, truncated })
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes <= askBodyBytesMax) return
        finish(true)
        request.destroy()
      })
      response.on('end', () => finish(false))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end()
  })
}
