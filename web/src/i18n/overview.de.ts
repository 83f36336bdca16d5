import type { en } from './overview.en.ts'

export const de: typeof en = {
  loading: 'Die Komponenten werden geladen',
  allGood: 'Alles ist aktuell.',
  allRunning: 'Nichts braucht Sie.',
  updates: (count) => (count === 1 ? '1 Aktualisierung ist verfügbar.' : `${count} Aktualisierungen sind verfügbar.`),
  trouble: (count) => (count === 1 ? '1 Komponente braucht Sie.' : `${count} Komponenten brauchen Sie.`),
  unchecked: (count) =>
    count === 1
      ? '1 Komponente konnte noch nicht geprüft werden.'
      : `${count} Komponenten konnten noch nicht geprüft werden.`,
  checked: 'Geprüft',
  never: 'Noch nie geprüft.',
  checkNow: 'Jetzt prüfen',
  checkedAll: 'Alle Quellen wurden gefragt.',
  list: 'Komponenten',
  component: 'Komponente',
  installed: 'Läuft jetzt',
  available: 'Verfügbar',
  health: 'Zustand',
  action: '',
  notInstalled: 'nicht installiert',
  update: (version) => `Auf ${version} aktualisieren`,
  install: (version) => `${version} installieren`,
  watch: 'Beim Lauf zusehen',
  see: 'Ansehen, was nötig ist',
  resume: 'Damit weitermachen',
  newest: 'die neueste',
  failedBefore: 'hier schon zurückgenommen, wird nicht von selbst noch einmal versucht',
  triedBefore: 'hier schon versucht und zurückgenommen',
  localNewer: 'neuer als veröffentlicht',
  unknown: 'nicht bekannt',
  states: { busy: 'beschäftigt', stuck: 'braucht Sie', left: 'liegen geblieben' },
  self: 'belay selbst',
  empty: 'Noch wird nichts betreut.',
  emptyFirst:
    'Lassen Sie belay aufschreiben, was es auf diesem Rechner findet, übernehmen Sie davon in die Konfiguration, was Sie wollen, und lassen Sie den Agenten sie lesen:',
  stuck: (name) => `${name} steckt fest: Ein Mensch ist nötig.`,
  leftBehind: (name) => `Ein Lauf von ${name} ist liegen geblieben.`,
}
