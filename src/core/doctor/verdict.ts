import type { Trial } from './report.ts'

/**
 * `drains`: it finished what it had and ended. `cuts`: it ended with a request under way. `ignores`: it had to be killed.
 * `unproven`: the request was answered too quickly to tell. `unready`: it never got so far. `alone`: two at once harm each other.
 */
export type Verdict = 'drains' | 'cuts' | 'ignores' | 'unproven' | 'unready' | 'alone'

const killedExitCode = 137

export function verdictOf({ ready_ms: ready, served, port, gone_ms: gone, exit_code: code }: Trial): Verdict {
  if (served.failed > 0 || !served.steady) return 'alone'
  if (ready === null || port === null) return 'unready'
  if (gone === null || code === killedExitCode) return 'ignores'
  if (port.answered === 'no') return 'cuts'
  return port.answered === 'quick' ? 'unproven' : 'drains'
}

export function isWell(verdict: Verdict): boolean {
  return verdict === 'drains' || verdict === 'unproven'
}
