import { problemOf } from '../../core/model/problem.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SecretPlace } from '../../protocol/secret.ts'
import type { Poster } from '../http/post.ts'
import type { Secrets } from '../secrets.ts'

export interface SendDeps {
  readonly poster: Poster
  readonly secrets: Secrets
  readonly clock: Clock
}

export interface Destination {
  /** Of the collector, without a slash at its end. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, SecretPlace>>
}

const attemptsMax = 4
const pauseFirstMs = 250

/**
 * Sends a body of OTLP's JSON encoding to a collector, a few times where it is busy or away (429, 5xx, no connection).
 * Errors are those of the poster and E_SECRET_MISSING.
 */
export async function sendTraces(body: string, to: Destination, deps: SendDeps, signal: AbortSignal): Promise<void> {
  const headers = await headersOf(to.headers, deps.secrets)
  for (let attempt = 1; ; attempt++) {
    try {
      return await deps.poster.post(`${to.endpoint}/v1/traces`, body, { headers, signal })
    } catch (error) {
      if (attempt === attemptsMax || signal.aborted || !problemOf(error).retryable) throw error
    }
    await deps.clock.sleep(pauseFirstMs * 2 ** (attempt - 1), signal)
  }
}

async function headersOf(places: Destination['headers'], secrets: Secrets): Promise<Readonly<Record<string, string>>> {
  const read = Object.entries(places).map(async ([name, place]) => [name, await secrets.read(place)] as const)
  return Object.fromEntries(await Promise.all(read))
}
