import type { ProblemDocument } from '../../../src/protocol/api/problem.ts'

/** What the agent answered instead of what was asked for. */
export class ApiProblem extends Error {
  readonly document: ProblemDocument

  constructor(document: ProblemDocument) {
    super(document.title)
    this.name = 'ApiProblem'
    this.document = document
  }
}

/** The agent could not be reached, or something between answered in its place. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('belay cannot be reached', { cause })
    this.name = 'Unreachable'
  }
}

/** A proxy in front of an agent that is restarting answers with these. */
const proxyStatuses: ReadonlySet<number> = new Set([502, 503, 504])

/** The error that an answer other than 2xx stands for. */
export async function problemOf(response: Response): Promise<ApiProblem | Unreachable> {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('application/problem+json')) {
    try {
      return new ApiProblem((await response.json()) as ProblemDocument)
    } catch (cause) {
      return new Unreachable(cause)
    }
  }
  if (proxyStatuses.has(response.status)) return new Unreachable(new Error(`status ${response.status}`))
  return new ApiProblem({
    type: 'about:blank',
    title: `${response.status} ${response.statusText}`.trim(),
    status: response.status,
    code: 'E_INTERNAL',
    hint: null,
    retryable: false,
    facts: {},
  })
}

export function isLoginNeeded(error: unknown): boolean {
  return error instanceof ApiProblem && error.document.status === 401
}

/** Somebody else changed it meanwhile. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiProblem && error.document.status === 412
}
