import type { en } from './history.en.ts'

export const de: typeof en = {
  all: 'Alle',
  component: 'Komponente',
  outcome: 'Ausgang',
  outcomes: {
    committed: 'erledigt',
    'rolled-back': 'zurückgerollt',
    failed: 'gescheitert',
    stuck: 'steckt fest',
    unfinished: 'unfertig',
  },
  list: 'Läufe',
  when: 'Wann',
  what: 'Was geschah',
  took: 'Dauer',
  nothing: 'Es ist noch nichts geschehen.',
  nothingHint:
    'Hier steht jede Aktualisierung, jedes Zurückrollen und jede Wiederherstellung, mit jedem Schritt und dem, was gesehen wurde.',
  nothingFound: 'Kein Lauf ist so.',
  showAll: 'Alle anzeigen',
}
