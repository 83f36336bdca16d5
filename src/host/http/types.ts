import type { ByteStream } from '../../ports/source.ts'

/** Limits on every exchange. Times in milliseconds, sizes in bytes; all are per request unless they say otherwise. */
export interface HttpLimits {
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
  /** The longest silence inside a body. */
  readonly bodyIdleTimeoutMs: number
  /** From the first byte sent to the last one received, for answers that are held in memory. */
  readonly answerTimeoutMs: number
  readonly answerBytesMax: number
  /** How much of an error's body is looked at for its message. */
  readonly errorBytesMax: number
  readonly redirectsMax: number
  /** Attempts in all, the first one included. */
  readonly attemptsMax: number
  /** The first pause between attempts; it doubles. */
  readonly retryPauseMs: number
  /** A `Retry-After` longer than this is reported instead of waited for. */
  readonly retryAfterMaxMs: number
}

export const httpLimits: HttpLimits = {
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 30_000,
  bodyIdleTimeoutMs: 30_000,
  answerTimeoutMs: 120_000,
  answerBytesMax: 16 * 1024 * 1024,
  errorBytesMax: 64 * 1024,
  redirectsMax: 5,
  attemptsMax: 3,
  retryPauseMs: 500,
  retryAfterMaxMs: 10_000,
}

/** Response headers, names in lower case, repeated ones joined by `, `. */
export type Headers = Readonly<Record<string, string>>

export interface RequestOptions {
  readonly headers?: Headers
  /**
   * Headers that carry a secret. They go to the origin of the URL alone: a redirect elsewhere loses them for good, and
   * their values are removed from any message that a server sends back.
   */
  readonly secretHeaders?: Headers
  readonly signal: AbortSignal
}

export interface AnswerOptions extends RequestOptions {
  /** Default: `answerBytesMax`, counted after decompression. */
  readonly bytesMax?: number
  /** Sent as If-None-Match, with the consequence that the answer may be `304`. */
  readonly etag?: string
}

export interface AskOptions extends AnswerOptions {
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD'
  /** Sent by POST, to this address alone: a redirect is a failure. */
  readonly form?: Readonly<Record<string, string>>
  /** Statuses besides 200 that answer the question. */
  readonly passes?: readonly number[]
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Empty after HEAD. */
  readonly body: Buffer
  /** Where the last redirect led, as it may be shown. */
  readonly shownUrl: string
}

export interface JsonAnswer {
  readonly status: 200 | 304
  readonly headers: Headers
  /** undefined with 304. */
  readonly json: unknown
}

export interface StreamOptions extends RequestOptions {
  readonly offset: number
  /** A strong ETag or a date: the range is given only while it still describes the file, else the whole file comes. */
  readonly ifRange?: string
}

export interface HttpStream extends ByteStream {
  readonly status: number
  readonly headers: Headers
}

/**
 * Bounded HTTP for everything that leaves this host: https only except where allowed, on every redirect too.
 * Each failure is a BelayError that names the URL without its secrets: E_NETWORK, E_TIMEOUT, E_HTTP_INSECURE,
 * E_HTTP_STATUS, E_NOT_FOUND, E_UNAUTHORIZED, E_RATE_LIMITED (facts.retryAt, ISO 8601 or null), E_RESPONSE_INVALID,
 * E_RESPONSE_TOO_LARGE, E_CANCELLED. What may pass by itself soon is tried again, within limits, before it is reported.
 */
export interface HttpClient {
  getJson(url: string, options: AnswerOptions): Promise<JsonAnswer>
  /** The bytes of an answer, whatever they mean. */
  ask(url: string, options: AskOptions): Promise<Answer>
  /** Bytes as they are sent (no decompression). The caller ends the stream by leaving the loop or by the signal. */
  openStream(url: string, options: StreamOptions): Promise<HttpStream>
  close(): Promise<void>
}
