import type { Dispatcher } from 'undici'
import { BelayError, fail } from '../../core/model/problem.ts'
import { cleanText } from '../../core/release/text.ts'
import type { Clock } from '../../ports/clock.ts'
import { checkAddress } from './address.ts'
import { readBody } from './body.ts'
import { openDispatcher } from './dispatcher.ts'
import { rateLimited } from './failures.ts'
import { exchangeFailure } from './network.ts'
import { retryAt } from './status.ts'
import { type Headers, type HttpLimits, httpLimits } from './types.ts'

export interface PostOptions {
  readonly headers?: Headers
  readonly signal: AbortSignal
}

/**
 * Posts one JSON document, once; what it is answered is not told, only whether it was taken (2xx). The address may be a
 * secret itself, as those of incoming webhooks are: errors name its host alone. No redirect is followed, and plain http is
 * refused except where allowed. E_NETWORK, E_TIMEOUT, E_HTTP_INSECURE, E_CANCELLED; 429: E_RATE_LIMITED (facts.retryAt);
 * 5xx and 408: E_HTTP_STATUS; any other: E_NOTIFY_REFUSED. What is no address at all: E_CONFIG_INVALID.
 */
export interface Poster {
  post(address: string, json: string, options: PostOptions): Promise<void>
}

export interface PosterOptions {
  readonly allowHttp: readonly string[]
  readonly version: string
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly limits?: Partial<HttpLimits>
}

const postLimits: HttpLimits = {
  ...httpLimits,
  headersTimeoutMs: 20_000,
  bodyIdleTimeoutMs: 10_000,
  answerTimeoutMs: 25_000,
  answerBytesMax: 64 * 1024,
}
const saidCharsMax = 200

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Connections are opened for each message and closed again: hours lie between two. */
export function httpPoster(options: PosterOptions): Poster {
  const limits = { ...postLimits, ...options.limits }
  return {
    async post(address, json, { headers = {}, signal }) {
      const url = addressOf(address, options.allowHttp)
      const dispatcher = await openDispatcher({ limits, environment: options.environment })
      const deadline = AbortSignal.timeout(limits.answerTimeoutMs)
      try {
        const sent = { 'user-agent': `belay/${options.version}`, 'content-type': 'application/json', ...headers }
        const both = AbortSignal.any([signal, deadline])
        const answer = await exchangeOnce(dispatcher, url, { json, headers: sent, signal: both }, limits)
        if (answer.status < 200 || answer.status > 299)
          throw refusal(url, answer, secretsOf(url, headers), options.clock.now())
      } catch (error) {
        const reason = deadline.aborted && !signal.aborted ? deadline.reason : error
        throw exchangeFailure(reason, url.origin, limits, signal)
      } finally {
        await dispatcher.destroy()
      }
    },
  }
}

/** What is wrong with an address is told without the address. */
function addressOf(address: string, allowHttp: readonly string[]): URL {
  const url = URL.parse(address)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw fail('E_CONFIG_INVALID', 'The address of this channel is not a URL.', {
      hint: 'Put a whole URL that begins with https:// where the config says it is kept.',
    })
  }
  try {
    return checkAddress(url.origin, allowHttp) && url
  } catch (error) {
    if (!(error instanceof BelayError)) throw error
    throw fail(error.problem.code, `The address of this channel, on ${url.host}, is not https.`, {
      hint: error.problem.hint,
    })
  }
}

async function exchangeOnce(
  dispatcher: Dispatcher,
  url: URL,
  { json, headers, signal }: { readonly json: string; readonly headers: Headers; readonly signal: AbortSignal },
  limits: HttpLimits,
): Promise<Answered> {
  const answer = await dispatcher.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: 'POST',
    headers,
    body: json,
    signal,
  })
  answer.body.on('error', () => {})
  const plain = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]),
  )
  const exchanged = { status: answer.statusCode, headers: plain, url: url.origin, body: answer.body }
  // The receiver has it: what it says about that changes nothing, however long or odd.
  const body = await readBody(exchanged, limits.answerBytesMax).catch((error: unknown) => {
    signal.throwIfAborted()
    if (answer.statusCode >= 200) return Buffer.alloc(0)
    throw error
  })
  return { status: answer.statusCode, headers: plain, text: body.toString() }
}

function refusal(url: URL, answer: Answered, secrets: readonly string[], now: number): BelayError {
  const { status, headers } = answer
  const said = whatWasSaid(answer.text, secrets)
  if (status === 429) {
    const at = retryAt(headers, now) ?? inBody(answer.text, now)
    return rateLimited({ url: url.origin, status, said, retryAt: at, authorized: true })
  }
  const message = `${url.host} answered ${status}${said === '' ? '' : `: ${said}`}`
  const facts = { status }
  if (status >= 500 || status === 408) {
    const wait = retryAt(headers, now)
    return fail('E_HTTP_STATUS', message, {
      hint: 'The receiver has a fault; the message is sent again later.',
      retryable: true,
      facts: { ...facts, retryAt: wait },
    })
  }
  return fail('E_NOTIFY_REFUSED', message, {
    hint: 'Check the address and the secrets of the channel, then try it: belay notifications test NAME.',
    facts,
  })
}

/** Discord and Telegram say in the body how many seconds to wait. */
function inBody(text: string, now: number): string | null {
  const found = /"retry_after"\s*:\s*(\d{1,6}(?:\.\d+)?)/.exec(text.slice(0, 4096))
  return found === null ? null : new Date(now + Math.ceil(Number(found[1])) * 1000).toISOString()
}

function whatWasSaid(text: string, secrets: readonly string[]): string {
  if (/^\s*</.test(text)) return ''
  const scrubbed = secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  return cleanText(scrubbed, saidCharsMax).replaceAll(/\s+/g, ' ').trim()
}

const secretCharsMin = 6

/** The parts of an address that could be its secret, and what the headers carry. */
function secretsOf(url: URL, headers: Headers): readonly string[] {
  const parts = [
    url.pathname,
    ...url.pathname.split(/[/:]|bot/),
    ...url.searchParams.values(),
    ...Object.values(headers),
  ]
  return parts.filter((part) => part.length >= secretCharsMin).toSorted((a, b) => b.length - a.length)
}
