import { expect, test } from 'vitest'
import type { PlanPromise } from '../../core/traffic/promise.ts'
import { measuredDe, outageDe, promiseDe } from './promise-de.ts'
import { measuredEn, outageEn, promiseEn } from './promise-en.ts'

const kept = { keptMs: 600_000, told: false }
const promise = (change: Partial<PlanPromise>): PlanPromise => ({
  requests: 'none',
  streams: kept,
  outageMs: 0,
  basis: 'by-design',
  ...change,
})
const stay = 'Open streams stay with the old version for up to 10 min, then they are closed.'
const bleiben = 'Offene Verbindungen bleiben bis zu 10 min bei der alten Version, dann werden sie geschlossen.'
const measured = { outageMs: 1400, basis: 'measured' } as const
const unknown = { outageMs: null, basis: 'unknown' } as const

const sentences: readonly (readonly [Partial<PlanPromise>, english: string, german: string])[] = [
  [{}, `No request is lost. ${stay}`, `Keine Anfrage geht verloren. ${bleiben}`],
  [
    { basis: 'measured' },
    `No request should be lost: none was in the last update. ${stay}`,
    `Keine Anfrage dürfte verloren gehen: beim letzten Update war es keine. ${bleiben}`,
  ],
  [
    { requests: { oneIn: 10_000 } },
    `At most one request in 10,000 is lost. ${stay}`,
    `Höchstens eine von 10.000 Anfragen geht verloren. ${bleiben}`,
  ],
  [
    { requests: { oneIn: 450 }, basis: 'measured' },
    `About one request in 450 is lost, as in the last update. ${stay}`,
    `Etwa eine von 450 Anfragen geht verloren, wie beim letzten Update. ${bleiben}`,
  ],
  [
    { requests: 'unknown', basis: 'unknown' },
    `Whether a request is lost is not known yet: it was never measured here. ${stay}`,
    `Ob eine Anfrage verloren geht, ist noch nicht bekannt: hier wurde es noch nie gemessen. ${bleiben}`,
  ],
  [
    { streams: { keptMs: 600_000, told: true } },
    'No request is lost. Open streams stay with the old version until it ends them, for at most 10 min.',
    'Keine Anfrage geht verloren. Offene Verbindungen bleiben bei der alten Version, bis sie sie beendet, höchstens 10 min.',
  ],
  [
    { streams: { keptMs: 0, told: false } },
    'No request is lost. Open streams are closed.',
    'Keine Anfrage geht verloren. Offene Verbindungen werden geschlossen.',
  ],
  [
    { requests: 'held', streams: 'closed', ...measured },
    'Requests wait for about 1.4 s, as in the last update. Open streams are closed.',
    'Anfragen warten etwa 1,4 s, wie beim letzten Update. Offene Verbindungen werden geschlossen.',
  ],
  [
    { requests: 'held', streams: 'closed', ...unknown },
    'Requests wait for the new version; how long is not known yet: it was never measured here. Open streams are closed.',
    'Anfragen warten auf die neue Version; wie lange, ist noch nicht bekannt: hier wurde es noch nie gemessen. Offene Verbindungen werden geschlossen.',
  ],
  [
    { requests: 'all', streams: 'closed', ...measured },
    'Nobody is served for about 1.4 s, as in the last update.',
    'Etwa 1,4 s lang wird niemand bedient, wie beim letzten Update.',
  ],
  [
    { requests: 'all', streams: 'closed', ...unknown },
    'How long nobody is served is not known yet: it was never measured here.',
    'Wie lange niemand bedient wird, ist noch nicht bekannt: hier wurde es noch nie gemessen.',
  ],
  [{ streams: 'untouched' }, 'It is not stopped.', 'Es wird nicht angehalten.'],
]

test.each(sentences)('when %o is promised then both languages say it in whole sentences', (change, english, german) => {
  expect([promiseEn(promise(change)), promiseDe(promise(change))]).toEqual([english, german])
})

test.each([
  [{}, 'served throughout', 'durchgehend erreichbar'],
  [{ streams: 'untouched' }, 'not stopped', 'wird nicht angehalten'],
  [{ requests: 'all', streams: 'closed', ...measured }, 'down about 1.4 s', 'steht etwa 1,4 s'],
  [{ requests: 'all', streams: 'closed', ...unknown }, 'down for a time not measured yet', 'steht unbekannt lange'],
  [{ requests: 'held', streams: 'closed', ...measured }, 'requests wait about 1.4 s', 'Anfragen warten etwa 1,4 s'],
] as const)('when %o has to fit after a name then it is a few words', (change, english, german) => {
  expect([outageEn(promise(change)), outageDe(promise(change))]).toEqual([english, german])
})

test.each([
  [
    { asked: 1_234_567, failed: 0, worst_ms: 45 },
    '1,234,567 requests at the front door meanwhile: none failed, the slowest took 45 ms.',
    '1.234.567 Anfragen am Eingang währenddessen: keine schlug fehl, die langsamste dauerte 45 ms.',
  ],
  [
    { asked: 1, failed: 1, worst_ms: 1400 },
    '1 request at the front door meanwhile: 1 failed, the slowest took 1.4 s.',
    '1 Anfrage am Eingang währenddessen: 1 schlug fehl, die langsamste dauerte 1,4 s.',
  ],
  [
    { asked: 900, failed: 2, worst_ms: 3000 },
    '900 requests at the front door meanwhile: 2 failed, the slowest took 3.0 s.',
    '900 Anfragen am Eingang währenddessen: 2 schlugen fehl, die langsamste dauerte 3,0 s.',
  ],
])('when %o was seen then both languages say so', (seen, english, german) => {
  expect([measuredEn(seen), measuredDe(seen)]).toEqual([english, german])
})
