import type { ProblemCode } from './codes.ts'

/** A JSON value; everything journaled or reported is one. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What was seen, for reports and messages: flat where possible, never a secret. */
export type Facts = { readonly [key: string]: Json }

/**
 * A failure as data. `message` says what happened (English, for logs and JSON), `hint` what to do next.
 * `retryable`: the same call may succeed later without anyone changing anything.
 */
export interface Problem {
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string | null
  readonly retryable: boolean
  readonly facts: Facts
}

interface ProblemOptions {
  readonly hint?: string | null
  readonly retryable?: boolean
  readonly facts?: Facts
  readonly cause?: unknown
}

export function problem(code: ProblemCode, message: string, options: ProblemOptions = {}): Problem {
  return {
    code,
    message,
    hint: options.hint ?? null,
    retryable: options.retryable ?? false,
    facts: options.facts ?? {},
  }
}

/** The one error class of the product: thrown where a `Problem` cannot be returned. */
export class BelayError extends Error {
  readonly problem: Problem

  constructor(of: Problem, cause?: unknown) {
    super(of.message, cause === undefined ? undefined : { cause })
    this.name = 'BelayError'
    this.problem = of
  }
}

/** Shorthand for `throw fail(…)`. */
export function fail(code: ProblemCode, message: string, options: ProblemOptions = {}): BelayError {
  return new BelayError(problem(code, message, options), options.cause)
}

function messageChain(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error && parts.length < 5; at = at.cause) {
    if (at.message !== '' && !parts.includes(at.message)) parts.push(at.message)
  }
  return parts.length > 0 ? parts.join(': ') : String(error)
}

const systemErrors: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ENOSPC: ['E_DISK_FULL', 'Free some space on that file system, then run the command again.'],
  EDQUOT: ['E_DISK_FULL', 'The disk quota is used up: free some space or raise it, then run the command again.'],
  EROFS: ['E_READ_ONLY', 'The file system is read-only: remount it writable, then run the command again.'],
  EACCES: ['E_PERMISSION', 'Run belay as root, or give its user the right to write there.'],
  EPERM: ['E_PERMISSION', 'Run belay as root, or give its user the right to write there.'],
  EIO: ['E_IO', 'The disk reported an error: look at the kernel log before trying again.'],
}

/** Any thrown value as a `Problem`: ours as it is, system errors by their code, the rest as E_INTERNAL. */
export function problemOf(error: unknown): Problem {
  if (error instanceof BelayError) return error.problem
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = systemErrors[code]
  if (known !== undefined) {
    return problem(known[0], messageChain(error), { hint: known[1], facts: { errno: code } })
  }
  return problem('E_INTERNAL', messageChain(error), {
    hint: 'This is a fault in belay: please report it with the output of "belay show".',
    facts: code === '' ? {} : { errno: code },
  })
}
