import { showUrl } from './address.ts'
import { readBody } from './body.ts'
import { failureOf } from './error-answer.ts'
import { discard, exchange } from './exchange.ts'
import type { ExchangeContext } from './exchange.ts'
import { exchangeFailure } from './network.ts'
import type { Answer, AskOptions, Headers } from './types.ts'

/** One answer in memory; no retries. */
export async function ask(context: ExchangeContext, url: string, options: AskOptions): Promise<Answer> {
  const { limits } = context
  const deadline = AbortSignal.timeout(limits.answerTimeoutMs)
  const signal = AbortSignal.any([options.signal, deadline])
  const headers: Headers = {
    ...options.headers,
    'accept-encoding': 'gzip, deflate, br',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
  }
  try {
    const answer = await exchange(context, url, { ...options, headers, signal })
    const passes = answer.status === 200 || options.passes?.includes(answer.status) === true
    if (!passes) throw await failureOf(context, answer, options.secretHeaders)
    const facts = { status: answer.status, headers: answer.headers, shownUrl: answer.url }
    if (options.method === 'HEAD') {
      // The length that it states is that of the body which GET would bring.
      await discard(answer.body)
      return { ...facts, body: Buffer.alloc(0) }
    }
    return { ...facts, body: await readBody(answer, options.bytesMax ?? limits.answerBytesMax) }
  } catch (error) {
    // The deadline is ours, the other signal the caller's: only the latter is a cancellation.
    throw exchangeFailure(timeoutReason(error, deadline, options.signal), showUrl(url), limits, options.signal)
  }
}

const timeoutReason = (error: unknown, deadline: AbortSignal, caller: AbortSignal): unknown =>
  deadline.aborted && !caller.aborted ? deadline.reason : error
