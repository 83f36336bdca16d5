import type { BelayError } from '../../core/model/problem.ts'
import { cleanText } from '../../core/release/text.ts'
import { badStatus, notFound, rateLimited, unauthorized } from './failures.ts'
import type { Headers } from './types.ts'

interface ErrorAnswer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Values that must not be repeated, whatever the server sends back. */
  readonly secrets: readonly string[]
  readonly nowMs: number
}

/**
 * An answer that is an error, as the failure that it means. GitHub says 403 for a spent quota, as it does for missing
 * rights; only the headers (or, for its secondary limits, the text) tell the two apart.
 */
export function statusFailure(answer: ErrorAnswer): BelayError {
  const { status, headers } = answer
  const said = errorMessage(answer.body, answer.secrets)
  const seen = {
    url: answer.url,
    status,
    said,
    retryAt: retryAt(headers, answer.nowMs),
    authorized: answer.secrets.length > 0,
  }
  if (status === 429) return rateLimited(seen)
  if (status === 403 && (quotaSpent(headers) || /rate limit/i.test(said ?? ''))) return rateLimited(seen)
  if (status === 401 || status === 403 || status === 407) return unauthorized(seen)
  if (status === 404 || status === 410) return notFound(seen)
  return badStatus(seen)
}

function quotaSpent(headers: Headers): boolean {
  return headers['retry-after'] !== undefined || remaining(headers) === '0'
}

const remaining = (headers: Headers): string | undefined =>
  headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining']

const dayMs = 24 * 60 * 60 * 1000

/**
 * When the server wants to be asked again, ISO 8601: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), else the
 * reset of the quota, as seconds since the epoch (GitHub, GitLab) or from now. Further than a day off is taken as a day.
 */
export function retryAt(headers: Headers, nowMs: number): string | null {
  const atMs = retryAfterMs(headers['retry-after'], nowMs) ?? resetMs(headers, nowMs)
  return atMs === null ? null : new Date(Math.min(atMs, nowMs + dayMs)).toISOString()
}

function retryAfterMs(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value.trim())) return nowMs + Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(date, nowMs)
}

function resetMs(headers: Headers, nowMs: number): number | null {
  const value = headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']
  if (value === undefined || !/^\d{1,11}$/.test(value.trim())) return null
  if (remaining(headers) !== undefined && remaining(headers) !== '0') return null
  const seconds = Number(value)
  return seconds > 1_000_000_000 ? Math.max(seconds * 1000, nowMs) : nowMs + seconds * 1000
}

/** The `message` or `error` of a JSON error body, cleaned and cut; null when there is none. */
function errorMessage(body: string, secrets: readonly string[]): string | null {
  const text = jsonMessage(body)
  if (text === null) return null
  const scrubbed = secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
  return cleanText(scrubbed, 200).replaceAll(/\s+/g, ' ')
}

function jsonMessage(body: string): string | null {
  try {
    const json: unknown = JSON.parse(body)
    if (typeof json !== 'object' || json === null) return null
    for (const key of ['message', 'error']) {
      const value: unknown = Reflect.get(json, key)
      if (typeof value === 'string' && value !== '') return value
    }
    return null
  } catch {
    // Error pages are often HTML: there is nothing in them worth repeating.
    return null
  }
}
