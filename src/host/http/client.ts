import type { Clock } from '../../ports/clock.ts'
import { showUrl } from './address.ts'
import { ask } from './ask.ts'
import { openDispatcher } from './dispatcher.ts'
import type { ExchangeContext } from './exchange.ts'
import { getJson } from './json.ts'
import { withRetries } from './retry.ts'
import { openStream } from './stream.ts'
import { httpLimits } from './types.ts'
import type { HttpClient, HttpLimits } from './types.ts'

export interface HttpClientOptions {
  /** Hosts that may be reached over plain http, as in `agent.allow_http`. */
  readonly allowHttp: readonly string[]
  /** Belay's own version, for the User-Agent. */
  readonly version: string
  readonly clock: Clock
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly limits?: Partial<HttpLimits>
}

/** A client with its own connections; nothing is opened, and undici not even loaded, before the first request. */
export function httpClient(options: HttpClientOptions): HttpClient {
  const limits = { ...httpLimits, ...options.limits }
  let opened: Promise<ExchangeContext> | null = null
  const open = async (): Promise<ExchangeContext> => ({
    dispatcher: await openDispatcher({ limits, environment: options.environment ?? {} }),
    limits,
    allowHttp: options.allowHttp,
    userAgent: `belay/${options.version}`,
    clock: options.clock,
  })
  const run = async <T>(
    url: string,
    signal: AbortSignal,
    call: (context: ExchangeContext) => Promise<T>,
  ): Promise<T> => {
    opened ??= open()
    const context = await opened
    const { clock } = options
    return await withRetries({ limits, clock, signal, shownUrl: showUrl(url) }, () => call(context))
  }
  return {
    getJson: (url, request) => run(url, request.signal, (context) => getJson(context, url, request)),
    ask: (url, request) => run(url, request.signal, (context) => ask(context, url, request)),
    openStream: (url, request) => run(url, request.signal, (context) => openStream(context, url, request)),
    close: async () => {
      const context = await opened
      opened = null
      await context?.dispatcher.destroy()
    },
  }
}
