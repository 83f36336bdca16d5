import type { Dispatcher } from 'undici'
import type { Clock } from '../../ports/clock.ts'
import { checkAddress, showUrl } from './address.ts'
import { redirectNowhere, tooManyRedirects } from './failures.ts'
import { exchangeFailure } from './network.ts'
import type { Headers, HttpLimits, RequestOptions } from './types.ts'

export interface ExchangeContext {
  readonly dispatcher: Dispatcher
  readonly limits: HttpLimits
  readonly allowHttp: readonly string[]
  readonly userAgent: string
  readonly clock: Clock
}

export interface Exchanged {
  readonly status: number
  readonly headers: Headers
  /** As it may be shown; where the last redirect led. */
  readonly url: string
  readonly body: Dispatcher.ResponseData['body']
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What is asked, when it is not a plain GET. */
export interface Question extends RequestOptions {
  readonly method?: 'GET' | 'HEAD'
  readonly form?: Readonly<Record<string, string>>
}

/** One exchange, redirects followed. The caller owns the body: it must be read to its end, or destroyed. */
export async function exchange(context: ExchangeContext, address: string, options: Question): Promise<Exchanged> {
  const { limits, allowHttp } = context
  let url = checkAddress(address, allowHttp)
  let secrets = options.secretHeaders ?? {}
  for (let hops = 0; hops <= limits.redirectsMax; hops++) {
    const answer = await request(context, url, { ...options, headers: { ...options.headers, ...secrets } })
    if (!redirects.has(answer.status)) return answer
    await discard(answer.body)
    const to = answer.headers['location']
    // A form holds a secret, and it is for the server that was asked.
    if (to === undefined || options.form !== undefined) throw redirectNowhere(answer.url, answer.status)
    const next = checkAddress(to, allowHttp, url)
    // A token is for the server it was made for; a redirect is that server's word, not the token's owner's.
    if (next.origin !== url.origin) secrets = {}
    url = next
  }
  throw tooManyRedirects(showUrl(address), limits.redirectsMax)
}

async function request(context: ExchangeContext, url: URL, question: Question): Promise<Exchanged> {
  const shown = showUrl(url)
  const { headers, form, signal } = question
  try {
    const {
      statusCode,
      headers: raw,
      body,
    } = await context.dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: form === undefined ? (question.method ?? 'GET') : 'POST',
      headers: {
        'user-agent': context.userAgent,
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      signal,
    })
    // A body that is dropped early says so by an error event; whoever reads it hears of errors by reading.
    body.on('error', () => {})
    return { status: statusCode, headers: plainHeaders(raw), url: shown, body }
  } catch (error) {
    throw exchangeFailure(error, shown, context.limits, signal)
  }
}

function plainHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const entries = Object.entries(raw).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
  )
  return Object.fromEntries(entries)
}

/** Small bodies are read so that the connection can be used again, others cut off. Never fails. */
export async function discard(body: Exchanged['body']): Promise<void> {
  try {
    await body.dump({ limit: 16 * 1024 })
  } catch {
    // The answer was complete as far as it mattered: its headers were read.
  }
}
