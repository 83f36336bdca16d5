import type { ProblemCode } from '../core/model/codes.ts'
import { problemOf } from '../core/model/problem.ts'
import type { ProblemDocument } from '../protocol/api/problem.ts'
import { type Language, messagesIn, problemIn } from '../protocol/messages/render.ts'

const statuses: Partial<Record<ProblemCode, number>> = {
  E_REQUEST_INVALID: 400,
  E_USAGE: 400,
  E_LOGIN_NEEDED: 401,
  E_FORBIDDEN: 403,
  E_NOT_FOUND: 404,
  E_COMPONENT_UNKNOWN: 404,
  E_VERSION_NOT_FOUND: 404,
  E_BACKUP_MISSING: 404,
  E_HELD: 409,
  E_LOCKED: 409,
  E_UNFINISHED_RUN: 409,
  E_DATA_CHOICE: 409,
  E_STUCK: 409,
  E_CONFLICT: 412,
  E_REQUEST_TOO_LARGE: 413,
  E_TOO_MANY_ATTEMPTS: 429,
  E_INTERNAL: 500,
  E_NETWORK: 502,
  E_STOPPING: 503,
  E_TIMEOUT: 504,
}

/**
 * An RFC 9457 problem document. 422 for what was understood and could not be done: a state of the host, not a fault of
 * belay, and never a 500. What E_INTERNAL says inside is for the log alone.
 */
export function problemDocument(error: unknown, language: Language = 'en'): ProblemDocument {
  const found = problemOf(error)
  const internal = found.code === 'E_INTERNAL'
  const { code, message, hint, retryable, facts } = problemIn(found, language)
  return {
    type: `/docs/problems/${code}`,
    title: internal ? inside(language) : message,
    status: statusOf(code),
    code,
    // Every problem document has one: where nobody knew better, what holds for the code.
    hint: hint ?? messagesIn(language)[code].hint,
    retryable,
    facts: internal ? {} : facts,
  }
}

function inside(language: Language): string {
  return language === 'en'
    ? 'Something went wrong inside belay. Nothing was started.'
    : messagesIn(language).E_INTERNAL.title
}

/** The status that a code is answered with. */
export function statusOf(code: ProblemCode): number {
  return statuses[code] ?? 422
}

export function problemResponse(error: unknown, language: Language): Response {
  const document = problemDocument(error, language)
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  const wait = document.facts['retry_after_seconds']
  if (typeof wait === 'number') headers.set('retry-after', String(wait))
  // RFC 9110, 15.5.2: a 401 says how one can prove who one is.
  if (document.status === 401) headers.set('www-authenticate', 'Bearer')
  return new Response(`${JSON.stringify(document)}\n`, { status: document.status, headers })
}
