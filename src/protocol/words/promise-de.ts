import type { PlanPromise } from '../../core/traffic/promise.ts'
import type { MeasuredFacts } from './outcome.ts'
import { count as countIn, duration as durationIn } from './units.ts'

const duration = (ms: number): string => durationIn(ms, 'de')
const count = (value: number): string => countIn(value, 'de')

export function promiseDe(promise: PlanPromise): string {
  return [requests(promise), streams(promise)].filter((each) => each !== null).join(' ')
}

export function outageDe({ requests: lost, streams: kept, outageMs }: PlanPromise): string {
  if (kept === 'untouched') return 'wird nicht angehalten'
  const about = outageMs === null ? 'unbekannt lange' : `etwa ${duration(outageMs)}`
  if (lost === 'all') return `steht ${about}`
  return lost === 'held' ? `Anfragen warten ${about}` : 'durchgehend erreichbar'
}

export function measuredDe({ asked, failed, worst_ms: worstMs }: MeasuredFacts): string {
  const lost = failed === 0 ? 'keine schlug fehl' : `${count(failed)} ${failed === 1 ? 'schlug' : 'schlugen'} fehl`
  const requested = asked === 1 ? '1 Anfrage' : `${count(asked)} Anfragen`
  return `${requested} am Eingang währenddessen: ${lost}, die langsamste dauerte ${duration(worstMs)}.`
}

function requests({ requests: lost, streams: kept, outageMs, basis }: PlanPromise): string {
  if (kept === 'untouched') return 'Es wird nicht angehalten.'
  switch (lost) {
    case 'none':
      return basis === 'measured'
        ? 'Keine Anfrage dürfte verloren gehen: beim letzten Update war es keine.'
        : 'Keine Anfrage geht verloren.'
    case 'unknown':
      return 'Ob eine Anfrage verloren geht, ist noch nicht bekannt: hier wurde es noch nie gemessen.'
    case 'held':
      return outageMs === null
        ? 'Anfragen warten auf die neue Version; wie lange, ist noch nicht bekannt: hier wurde es noch nie gemessen.'
        : `Anfragen warten etwa ${duration(outageMs)}, wie beim letzten Update.`
    case 'all':
      return outageMs === null
        ? 'Wie lange niemand bedient wird, ist noch nicht bekannt: hier wurde es noch nie gemessen.'
        : `Etwa ${duration(outageMs)} lang wird niemand bedient, wie beim letzten Update.`
    default:
      return basis === 'measured'
        ? `Etwa eine von ${count(lost.oneIn)} Anfragen geht verloren, wie beim letzten Update.`
        : `Höchstens eine von ${count(lost.oneIn)} Anfragen geht verloren.`
  }
}

function streams({ requests: lost, streams: kept }: PlanPromise): string | null {
  if (kept === 'untouched' || lost === 'all') return null
  if (kept === 'closed' || kept.keptMs === 0) return 'Offene Verbindungen werden geschlossen.'
  const limit = duration(kept.keptMs)
  return kept.told
    ? `Offene Verbindungen bleiben bei der alten Version, bis sie sie beendet, höchstens ${limit}.`
    : `Offene Verbindungen bleiben bis zu ${limit} bei der alten Version, dann werden sie geschlossen.`
}
