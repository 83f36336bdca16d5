import type { en } from './run.en.ts'

export const de: typeof en = {
  loading: 'Der Lauf wird geladen',
  started: 'Begonnen',
  took: 'Dauer',
  outage: 'Ausfall',
  seen: 'Gesehen',
  downloaded: 'Geladen',
  by: 'Lauf',
  cancel: 'Anhalten und zurück',
  cancelling: 'Es geht zurück…',
  cancelHint: 'Was bisher geschah, wird zurückgenommen, wie nach einem Fehler.',
  retry: (version) => `${version} noch einmal versuchen`,
  resume: 'Damit weitermachen',
  resumeHint: 'Bringt es zu Ende oder nimmt alles zurück, je nachdem, was von hier aus geht.',
  noDriver: 'An diesem Lauf arbeitet gerade niemand. Er ist liegen geblieben.',
  noDriverHint:
    'Vielleicht hat ein Absturz oder Stromausfall ihn beendet; der nächste Start des Agenten macht von selbst damit weiter.',
  share: 'Link kopieren',
  kept: 'Für Sie beiseitegelegt',
}
