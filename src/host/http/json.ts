import { showUrl } from './address.ts'
import { readBody } from './body.ts'
import { failureOf } from './error-answer.ts'
import { exchange } from './exchange.ts'
import type { ExchangeContext, Exchanged } from './exchange.ts'
import { invalid } from './failures.ts'
import { exchangeFailure } from './network.ts'
import type { AnswerOptions, Headers, JsonAnswer } from './types.ts'

/** One JSON answer in memory; no retries. */
export async function getJson(context: ExchangeContext, url: string, options: AnswerOptions): Promise<JsonAnswer> {
  const { limits } = context
  const deadline = AbortSignal.timeout(limits.answerTimeoutMs)
  const signal = AbortSignal.any([options.signal, deadline])
  const headers: Headers = {
    accept: 'application/json',
    ...options.headers,
    'accept-encoding': 'gzip, deflate, br',
    ...(options.etag === undefined ? {} : { 'if-none-match': options.etag }),
  }
  try {
    const answer = await exchange(context, url, { ...options, headers, signal })
    if (answer.status === 304 && options.etag !== undefined) {
      await readBody(answer, limits.errorBytesMax)
      return { status: 304, headers: answer.headers, json: undefined }
    }
    if (answer.status !== 200) throw await failureOf(context, answer, options.secretHeaders)
    const body = await readBody(answer, options.bytesMax ?? limits.answerBytesMax)
    return { status: 200, headers: answer.headers, json: parseJson(body, answer) }
  } catch (error) {
    // The deadline is ours, the other signal the caller's: only the latter is a cancellation.
    throw exchangeFailure(timeoutReason(error, deadline, options.signal), showUrl(url), limits, options.signal)
  }
}

const timeoutReason = (error: unknown, deadline: AbortSignal, caller: AbortSignal): unknown =>
  deadline.aborted && !caller.aborted ? deadline.reason : error

function parseJson(body: Buffer, answer: Exchanged): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    const html = /^\s*</.test(text)
    throw invalid(
      answer.url,
      html ? 'answers with a web page, not with JSON' : 'answers with something that is not JSON',
      error,
    )
  }
}
