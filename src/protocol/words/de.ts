import { trustDe } from './trust.ts'
import { type OutcomeFacts, isHeldNow, staysDown, wasCancelled, wasFirst } from './outcome.ts'
import type { PlanFacts } from './plan.ts'
import { policyDe, scheduleDe } from './policy-de.ts'
import { measuredDe, outageDe, promiseDe } from './promise-de.ts'
import { ago, bytes, duration as durationIn, moment } from './units.ts'
import type { ItemFacts, Words } from './words.ts'

const duration = (ms: number): string => durationIn(ms, 'de')

export const de: Words = {
  labels: {
    'back up': 'sichern',
    'carry over': 'übernehmen',
    check: 'prüfen',
    compare: 'vergleichen',
    'copy backup': 'Sicherung kopieren',
    download: 'herunterladen',
    drain: 'auslaufen lassen',
    edit: 'eintragen',
    fetch: 'holen',
    flush: 'festschreiben',
    guard: 'Schutz beim Start',
    hold: 'warten lassen',
    'let in': 'einlassen',
    'make folder': 'Ordner anlegen',
    migrate: 'Daten umstellen',
    prepare: 'vorbereiten',
    pull: 'Image holen',
    restore: 'wiederherstellen',
    safeguard: 'absichern',
    soak: 'beobachten',
    start: 'starten',
    stop: 'anhalten',
    switch: 'umschalten',
    tag: 'benennen',
    'tidy up': 'aufräumen',
    unpack: 'entpacken',
    verify: 'nachprüfen',
    'warm up': 'warmlaufen',
    write: 'schreiben',
  },
  phases: {
    checking: 'wird geprüft',
    backing_up: 'wird gesichert',
    downloading: 'wird heruntergeladen',
    applying: 'wird eingespielt',
    verifying: 'wird nachgeprüft',
    soaking: 'die neue Version wird beobachtet',
    succeeded: 'fertig',
    rolling_back: 'wird zurückgenommen',
    rolled_back: 'zurückgenommen',
    failed: 'fehlgeschlagen',
    stuck: 'steckt fest',
  },
  health(health) {
    switch (health.kind) {
      case 'unseen':
        return 'nicht zu sehen'
      case 'no-service':
        return 'kein Dienst'
      case 'running':
        return 'läuft'
      case 'absent':
        return 'nicht installiert'
      case 'stuck':
        return 'steckt fest: hier muss jemand eingreifen'
      case 'unfinished':
        return 'ein Lauf blieb unvollendet'
      case 'down':
        return `läuft nicht (${health.state})`
    }
  },
  hold(reason, now) {
    switch (reason.kind) {
      case 'hold':
        return `durch die Richtlinie zurückgehalten (${reason.pattern})`
      case 'min-age':
        return reason.until === null
          ? 'kein Datum bekannt, daher nie alt genug'
          : `zu neu, angeboten ${ago(reason.until, now, 'de')}`
      case 'failed-before':
        return `hier schon zurückgenommen (${reason.run}); wird von selbst nicht noch einmal versucht`
      case 'auto':
        return `wird nicht von selbst installiert (auto: ${reason.auto})`
      case 'window':
        return reason.opens === null
          ? 'außerhalb des Wartungsfensters'
          : `wartet auf das Wartungsfenster, ${moment(reason.opens)}`
      case 'requires':
        return `braucht ${reason.component} ${reason.range}, vorhanden ist ${reason.found ?? 'nichts'}`
    }
  },
  policy: policyDe,
  schedule: scheduleDe,
  change({ action, from, to }) {
    switch (action) {
      case 'update':
      case 'rollback':
        return from === null ? `erste Installation von ${to ?? '?'}` : `${from} → ${to ?? 'nicht installiert'}`
      case 'adopt':
        return `Übernahme von ${from ?? 'dem, was installiert ist'}`
      case 'forget':
        return `Freigabe von ${from ?? 'dem, was installiert ist'}`
      case 'restore':
        return 'Wiederherstellen einer Sicherung'
    }
  },
  trust: trustDe,
  outage: ({ promise }) => outageDe(promise),
  promise: ({ promise }) => promiseDe(promise),
  measured: measuredDe,
  wayBack({ installs, outage: numbers, dataRestored }) {
    if (installs) return 'was installiert wurde, wird wieder entfernt.'
    const data = dataRestored ? 'die Daten kommen aus der Sicherung' : 'die Daten bleiben'
    const [first, last] = [numbers[0], numbers.at(-1)]
    if (first === undefined || last === undefined) return `die Schritte rückwärts, ${data}.`
    return first === last ? `Schritt ${first} rückwärts, ${data}.` : `Schritte ${last}–${first} rückwärts, ${data}.`
  },
  room: ({ needBytes, freeBytes }) => `Braucht ${bytes(needBytes, 'de')}, frei sind ${bytes(freeBytes, 'de')}.`,
  question: (plan) => `${asked(plan)} ${consequences(plan)}`,
  restart: 'hier wird diese Komponente von nichts gestartet; danach bitte selbst neu starten.',
  dataChoice: ({ run, data, ageMs }) =>
    data === 'keep'
      ? `${run} hat die Daten umgestellt: die ältere Version kann sie vielleicht nicht lesen. Sie bleiben, wie sie sind.`
      : `Die Daten kommen aus der Sicherung von vor ${run}, ${duration(ageMs)} alt. Was seither geschrieben wurde, bleibt daneben erhalten.`,
  outcome(report) {
    const { component, from, to } = report
    switch (report.outcome) {
      case 'current':
        return current(report)
      case 'committed':
        return committed(report)
      case 'rolled-back': {
        const asked = wasCancelled(report) ? ', wie gewünscht' : ''
        const proven = staysDown(report) ? 'läuft nicht, wie zuvor' : 'geprüft'
        return from === null
          ? `${component} wurde nicht installiert${asked}. An Ihren Dateien wurde nichts geändert.`
          : `${component} wurde ${notDone(report)}${asked}. ${from} ist zurück und ${proven}; nichts ging verloren.`
      }
      case 'failed': {
        const still = from === null ? '' : ` ${from} ist weiter installiert.`
        return `${component} wurde ${notDone(report)}, und es wurde nichts geändert.${still}`
      }
      case 'stuck': {
        const between = from === null || to === null ? '' : ` zwischen ${from} und ${to}`
        return `${component} steckt fest${between}: hier muss jemand eingreifen. Belay hat angehalten und behält, was es hat.`
      }
    }
  },
  next(report) {
    if (isHeldNow(report)) return `${report.to} wird von selbst nicht noch einmal versucht.`
    if (report.outcome === 'committed' && report.restart_required) return 'Bitte selbst neu starten.'
    return report.outcome === 'stuck' ? 'Wenn es repariert ist, den Lauf fortsetzen.' : null
  },
  item: (item) => `${verbs[item.action][item.outcome]}${versions(item)}`,
}

function asked({ action, component, to, installs }: PlanFacts): string {
  const version = to ?? 'die vorige Version'
  switch (action) {
    case 'update':
      return installs ? `${component} ${version} installieren?` : `${component} auf ${version} aktualisieren?`
    case 'rollback':
      return `${component} auf ${version} zurücksetzen?`
    case 'adopt':
      return `${component} in aufbewahrte Versionen übernehmen?`
    case 'forget':
      return `${component} als einfachen Ordner freigeben?`
    case 'restore':
      return `Diese Sicherung von ${component} wiederherstellen?`
  }
}

function consequences(plan: PlanFacts): string {
  if (plan.installs) return 'Was installiert wird, wird bei einem Fehler wieder entfernt.'
  const after = afterwards(plan)
  return `${promiseDe(plan.promise)} ${after.charAt(0).toUpperCase()}${after.slice(1)}.`
}

function afterwards({ action, restores }: PlanFacts): string {
  switch (action) {
    case 'update':
      return 'der Rückweg bleibt erhalten'
    case 'adopt':
      return 'mit belay forget wird wieder ein einfacher Ordner daraus'
    case 'forget':
      return 'aufbewahrte Versionen werden entfernt'
    case 'rollback':
    case 'restore':
      return restores
        ? 'die Daten gehen auf die Sicherung zurück, was jetzt da ist, bleibt daneben erhalten'
        : 'die Daten bleiben, wie sie sind'
  }
}

function current({ component, action, from, problem }: OutcomeFacts): string {
  const at = from === null ? '' : ` (${from})`
  if (problem !== null) return `${component} bleibt, wie es ist${at}. Es wurde nichts geändert.`
  return `${component} ${action === 'update' ? 'ist aktuell' : 'braucht nichts'}${at}. Es wurde nichts geändert.`
}

function committed(report: OutcomeFacts): string {
  const { component } = report
  const to = report.to ?? 'die neue Version'
  const down = report.downtime_ms > 0 ? `, stand ${duration(report.downtime_ms)}` : ''
  switch (report.action) {
    case 'update':
    case 'rollback':
      return report.restart_required
        ? `${component} ${to} ist eingespielt, aber hier ist noch nicht zu sehen, ob es läuft.`
        : `${component} ist auf ${to} und geprüft${down}.`
    case 'adopt':
      return `${component} ist übernommen${down}. Updates schalten nun zwischen aufbewahrten Versionen um.`
    case 'forget':
      return `${component} ist wieder ein einfacher Ordner und nicht mehr in der Obhut von Belay. Was läuft, wurde nicht geändert.`
    case 'restore':
      return `Die Sicherung von ${component} ist wiederhergestellt und geprüft${down}.`
  }
}

function notDone(report: OutcomeFacts): string {
  switch (report.action) {
    case 'update':
      return wasFirst(report) ? 'nicht installiert' : 'nicht aktualisiert'
    case 'rollback':
      return 'nicht zurückgesetzt'
    case 'adopt':
      return 'nicht übernommen'
    case 'forget':
      return 'nicht freigegeben'
    case 'restore':
      return 'nicht wiederhergestellt'
  }
}

const verbs: Readonly<Record<ItemFacts['action'], Readonly<Record<ItemFacts['outcome'], string>>>> = {
  update: outcomes('aktualisiert', 'Update'),
  rollback: outcomes('zurückgesetzt', 'Zurücksetzen'),
  adopt: outcomes('übernommen', 'Übernahme'),
  forget: outcomes('freigegeben', 'Freigabe'),
  restore: outcomes('Daten wiederhergestellt', 'Wiederherstellen der Daten'),
}

function outcomes(done: string, what: string): Readonly<Record<ItemFacts['outcome'], string>> {
  return {
    committed: done,
    'rolled-back': `${what} gescheitert und zurückgenommen`,
    failed: `${what} gescheitert, bevor etwas geändert wurde`,
    stuck: `${what} steckt fest`,
    unfinished: `${what} ist nicht zu Ende`,
  }
}

function versions({ from, to }: ItemFacts): string {
  return from === to ? '' : `: ${from ?? 'nichts'} → ${to ?? 'nichts'}`
}
