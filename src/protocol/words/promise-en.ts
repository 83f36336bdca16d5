import type { PlanPromise } from '../../core/traffic/promise.ts'
import type { MeasuredFacts } from './outcome.ts'
import { count, duration } from './units.ts'

/** What those who use it will notice, in whole sentences. */
export function promiseEn(promise: PlanPromise): string {
  return [requests(promise), streams(promise)].filter((each) => each !== null).join(' ')
}

/** The same, as far as it fits after a name. */
export function outageEn({ requests: lost, streams: kept, outageMs }: PlanPromise): string {
  if (kept === 'untouched') return 'not stopped'
  const about = outageMs === null ? 'for a time not measured yet' : `about ${duration(outageMs)}`
  if (lost === 'all') return `down ${about}`
  return lost === 'held' ? `requests wait ${about}` : 'served throughout'
}

export function measuredEn({ asked, failed, worst_ms: worstMs }: MeasuredFacts): string {
  const lost = failed === 0 ? 'none failed' : `${count(failed)} failed`
  const requested = asked === 1 ? '1 request' : `${count(asked)} requests`
  return `${requested} at the front door meanwhile: ${lost}, the slowest took ${duration(worstMs)}.`
}

function requests({ requests: lost, streams: kept, outageMs, basis }: PlanPromise): string {
  if (kept === 'untouched') return 'It is not stopped.'
  switch (lost) {
    case 'none':
      return basis === 'measured' ? 'No request should be lost: none was in the last update.' : 'No request is lost.'
    case 'unknown':
      return 'Whether a request is lost is not known yet: it was never measured here.'
    case 'held':
      return outageMs === null
        ? 'Requests wait for the new version; how long is not known yet: it was never measured here.'
        : `Requests wait for about ${duration(outageMs)}, as in the last update.`
    case 'all':
      return outageMs === null
        ? 'How long nobody is served is not known yet: it was never measured here.'
        : `Nobody is served for about ${duration(outageMs)}, as in the last update.`
    default:
      return basis === 'measured'
        ? `About one request in ${count(lost.oneIn)} is lost, as in the last update.`
        : `At most one request in ${count(lost.oneIn)} is lost.`
  }
}

function streams({ requests: lost, streams: kept }: PlanPromise): string | null {
  if (kept === 'untouched' || lost === 'all') return null
  if (kept === 'closed' || kept.keptMs === 0) return 'Open streams are closed.'
  const limit = duration(kept.keptMs)
  return kept.told
    ? `Open streams stay with the old version until it ends them, for at most ${limit}.`
    : `Open streams stay with the old version for up to ${limit}, then they are closed.`
}
