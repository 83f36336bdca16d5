import { ask } from './ask.ts'
import type { ExchangeContext } from './exchange.ts'
import { invalid } from './failures.ts'
import type { Answer, AnswerOptions, Headers, JsonAnswer } from './types.ts'

/** One JSON answer in memory; no retries. */
export async function getJson(context: ExchangeContext, url: string, options: AnswerOptions): Promise<JsonAnswer> {
  const headers: Headers = { accept: 'application/json', ...options.headers }
  const answer = await ask(context, url, { ...options, headers, passes: options.etag === undefined ? [] : [304] })
  if (answer.status === 304) return { status: 304, headers: answer.headers, json: undefined }
  return { status: 200, headers: answer.headers, json: parseJson(answer) }
}

/** E_RESPONSE_INVALID where the body is no JSON. */
export function parseJson({ body, shownUrl }: Pick<Answer, 'body' | 'shownUrl'>): unknown {
  const text = body.toString('utf8')
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    const html = /^\s*</.test(text)
    throw invalid(
      shownUrl,
      html ? 'answers with a web page, not with JSON' : 'answers with something that is not JSON',
      error,
    )
  }
}
