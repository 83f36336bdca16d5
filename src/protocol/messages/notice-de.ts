import type { NotifyEvent, RunEnd, Trouble } from '../../core/notify/event.ts'
import type { RunAction } from '../../core/plan/plan.ts'
import { change, generalWords, type NoticeWords } from './notice-words.ts'
import { de } from './de.ts'
import { de as words } from '../words/de.ts'
import { momentUtc } from '../words/units.ts'

export const noticeWordsDe: NoticeWords = {
  releaseLink: 'Was neu ist',
  pageLink: 'Seite dieses Agenten öffnen',
  title: (event, host) => `${titleOf(event)} (${host})`,
  lines: linesOf,
}

const actions: Readonly<Record<RunAction, string>> = {
  update: 'das Update',
  rollback: 'der Weg zurück',
  adopt: 'die Übernahme',
  forget: 'die Freigabe',
  restore: 'das Zurückspielen der Sicherung',
}

function titleOf(event: NotifyEvent): string {
  switch (event.kind) {
    case 'update_available':
      return `${event.component} ${event.to} ist verfügbar`
    case 'held':
      return `${event.component} ${event.to} wartet`
    case 'updated':
      return event.action === 'update'
        ? `${event.component} ist jetzt ${event.to ?? 'neu'}`
        : `${event.component} ist zurückgesetzt${event.to === null ? '' : ` auf ${event.to}`}`
    case 'failed':
      return `${event.component}: ${actions[event.action]} ist gescheitert, nichts wurde geändert`
    case 'rolled_back':
      return `${event.component}: ${actions[event.action]} ist gescheitert, ${event.from === null ? 'alles wurde rückgängig gemacht' : `${event.from} läuft wieder`}`
    case 'stuck':
      return `${event.component} steckt fest und braucht einen Menschen`
    case 'check_failing':
      return `${event.component}: die Quelle antwortet seit ${days(event.days)} nicht`
    case 'digest':
      return `${event.events.length + event.more} Nachrichten`
    case 'test':
      return 'Eine Testnachricht'
  }
}

function linesOf(event: NotifyEvent, host: string, now: number): readonly string[] {
  switch (event.kind) {
    case 'update_available':
      return [`Installiert ist ${event.from ?? 'noch keine Version'}.`, `Installieren: belay update ${event.component}`]
    case 'held':
      return [
        `Installiert ist ${event.from ?? 'noch keine Version'}. Sie wartet: ${words.hold(event.by, now)}.`,
        `Was geschehen würde: belay plan ${event.component}`,
      ]
    case 'updated':
      return [`${sentenceOf(event)}gesund seit ${momentUtc(event.ended)}.`, seeRun(event)]
    case 'failed':
      return [...trouble(event.problem), seeRun(event)]
    case 'rolled_back':
      return [
        event.from === null
          ? 'Nichts ist installiert, wie zuvor.'
          : `${event.from} läuft wieder und ist geprüft; nichts von Ihnen ging verloren.`,
        ...trouble(event.problem),
        seeRun(event),
      ]
    case 'stuck':
      return [
        `${sentenceOf(event)}keine der beiden Versionen ließ sich in Gang bringen.`,
        ...trouble(event.problem),
        `${seeRun(event)}, dann: belay resume`,
      ]
    case 'check_failing':
      return [
        `Seit ${momentUtc(event.since)} kommt keine Antwort. Bis zur nächsten bleiben Updates unbemerkt.`,
        ...trouble(event.problem),
        `Noch einmal fragen: belay check ${event.component} --force`,
      ]
    case 'digest':
      return [
        ...event.events.map((each) => `• ${titleOf(each)}`),
        ...(event.more === 0 ? [] : [`und ${event.more} davor`]),
      ]
    case 'test':
      return [`Belay auf ${host} erreicht Sie hier. Nichts ist geschehen, und nichts ist zu tun.`]
  }
}

/** `1.0.4 → 1.1.0: `, or nothing where no version is known. */
function sentenceOf({ from, to }: RunEnd): string {
  const versions = change(from, to)
  return versions === '' ? '' : `${versions}: `
}

function seeRun({ run }: RunEnd): string {
  return `Jeder Schritt: belay show ${run}`
}

/** The general words, and the precise ones as they were found: those are English. */
function trouble(problem: Trouble | null): readonly string[] {
  if (problem === null) return []
  const general = generalWords(de, problem.code)
  const found = `${problem.code}: ${problem.message}`
  return general === null ? [found, problem.hint ?? ''] : [`${general.title} (${found})`, general.hint]
}

function days(count: number): string {
  return count === 1 ? 'einem Tag' : `${count} Tagen`
}
