import { BelayError } from '../../core/model/problem.ts'
import type { Problem } from '../../core/model/problem.ts'
import type { Clock } from '../../ports/clock.ts'
import { cancellation } from './network.ts'
import type { HttpLimits } from './types.ts'

const passing: ReadonlySet<number> = new Set([502, 503, 504])

/**
 * How long to wait before attempt number `attempt` + 1 (from 1), or null when asking again at once would not help:
 * only cut connections, a silent name server, gateways' errors and short quotas pass within seconds.
 */
export function retryPauseMs(problem: Problem, attempt: number, limits: HttpLimits, nowMs: number): number | null {
  if (attempt >= limits.attemptsMax) return null
  const pause = limits.retryPauseMs * 2 ** (attempt - 1)
  const { reason, status, retryAt } = problem.facts
  if (problem.code === 'E_NETWORK') return reason === 'reset' || reason === 'dns-temporary' ? pause : null
  const limited = problem.code === 'E_RATE_LIMITED'
  if (!limited && !(problem.code === 'E_HTTP_STATUS' && typeof status === 'number' && passing.has(status))) return null
  if (typeof retryAt !== 'string') return limited ? null : pause
  const asked = Math.max(Date.parse(retryAt) - nowMs, 0)
  return asked <= limits.retryAfterMaxMs ? Math.max(asked, pause) : null
}

/** Up to a quarter more, so that many hosts that failed together do not come back together. */
function jittered(pauseMs: number, clock: Clock): number {
  return Math.round(pauseMs * (1 + Number.parseInt(clock.randomHex(1), 16) / 1024))
}

interface RetryContext {
  readonly limits: HttpLimits
  readonly clock: Clock
  readonly signal: AbortSignal
  /** The URL, as it may be shown. */
  readonly shownUrl: string
}

/** Calls until it succeeds, or fails in a way that does not pass, or has failed `attemptsMax` times. */
export async function withRetries<T>(context: RetryContext, call: () => Promise<T>): Promise<T> {
  const { limits, clock, signal, shownUrl } = context
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof BelayError) || signal.aborted) throw error
      const pauseMs = retryPauseMs(error.problem, attempt, limits, clock.now())
      if (pauseMs === null) throw error
      await clock.sleep(jittered(pauseMs, clock), signal).catch(() => {
        throw cancellation(signal, shownUrl)
      })
    }
  }
}
