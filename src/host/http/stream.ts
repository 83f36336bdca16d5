import { failureOf } from './error-answer.ts'
import { exchange } from './exchange.ts'
import type { ExchangeContext, Exchanged } from './exchange.ts'
import { invalid } from './failures.ts'
import { exchangeFailure } from './network.ts'
import { readRange } from './range.ts'
import type { Headers, HttpLimits, HttpStream, StreamOptions } from './types.ts'

/** The body of `url` from `offset`, or from 0 where the server cannot do that; no retries. */
export async function openStream(context: ExchangeContext, url: string, options: StreamOptions): Promise<HttpStream> {
  const { limits } = context
  const headers: Headers = {
    accept: '*/*',
    ...options.headers,
    // A range is one of the file's own bytes, and so is the digest that they are compared with.
    'accept-encoding': 'identity',
    ...(options.offset === 0 ? {} : { range: `bytes=${options.offset}-` }),
    ...(options.offset === 0 || options.ifRange === undefined ? {} : { 'if-range': options.ifRange }),
  }
  const answer = await exchange(context, url, { ...options, headers })
  const range = readRange(answer.status, answer.headers, options.offset)
  const facts = { status: answer.status, headers: answer.headers }
  switch (range.kind) {
    case 'body':
      return {
        ...facts,
        offset: range.offset,
        totalBytes: range.totalBytes,
        chunks: chunksOf(answer, limits, options.signal),
      }
    case 'complete':
      answer.body.destroy()
      return { ...facts, offset: range.totalBytes, totalBytes: range.totalBytes, chunks: nothing() }
    case 'restart':
      answer.body.destroy()
      return await openStream(context, url, { ...options, offset: 0 })
    case 'wrong':
      answer.body.destroy()
      throw invalid(answer.url, range.what)
    case 'error':
      throw await failureOf(context, answer, options.secretHeaders)
  }
}

async function* chunksOf(answer: Exchanged, limits: HttpLimits, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    throw exchangeFailure(error, answer.url, limits, signal)
  } finally {
    answer.body.destroy()
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
