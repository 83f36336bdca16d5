import type { en } from './backups.en.ts'

export const de: typeof en = {
  list: 'Sicherungen',
  what: 'Bringt zurück',
  kinds: {
    path: (source) => `die Dateien in ${source}`,
    sqlite: (source) => `die Datenbank ${source}`,
    postgres: (source) => `die PostgreSQL-Datenbank ${source}`,
    mysql: (source) => `die MySQL-Datenbank ${source}`,
    volume: (source) => `das Volume ${source}`,
    tree: (source) => `das Programm in ${source}`,
  },
  other: (kind, source) => `${kind} ${source}`,
  made: 'Angelegt',
  version: 'Bei Version',
  size: 'Größe',
  place: 'Wo',
  nothing: 'Es gibt noch keine Sicherung.',
  nothingHint:
    'Vor jeder Aktualisierung einer Komponente mit Daten wird eine angelegt und zurückgelesen. Sie können auch jetzt eine anlegen.',
  create: 'Jetzt sichern',
  createOf: (component) => `${component} jetzt sichern`,
  createHint: 'Die Daten der Komponente werden kopiert und zurückgelesen. Sie läuft dabei weiter.',
  created: (count) =>
    count === 1
      ? 'Eine Sicherung wurde angelegt und zurückgelesen.'
      : `${count} Sicherungen wurden angelegt und zurückgelesen.`,
  createdNone:
    'Diese Komponente hat keine Daten, die gesichert werden: Nennen Sie sie in der Konfiguration unter „data“.',
  restore: 'Wiederherstellen',
  restoreLost: (component) =>
    `Was ${component} seither geschrieben hat, wird ersetzt. Es wird beiseitegelegt, und der Lauf sagt, wo.`,
  prune: 'Alte entfernen',
  pruneOf: (component) => `Alte Sicherungen von ${component} entfernen`,
  pruneHint:
    'Es bleiben so viele, wie die Konfiguration unter „backups: keep“ sagt, und zwar die neuesten; was ein unfertiger Lauf braucht, bleibt auch.',
  pruneAction: 'Die alten entfernen',
  pruned: (count) =>
    count === 0 ? 'Keine war zu alt.' : count === 1 ? 'Eine wurde entfernt.' : `${count} wurden entfernt.`,
}
