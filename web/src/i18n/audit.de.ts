import type { en } from './audit.en.ts'

export const de: typeof en = {
  intact: 'In diesem Protokoll wurde nichts geändert und nichts entfernt.',
  intactHint: 'Jeder Eintrag trägt einen Fingerabdruck des vorigen; alle wurden eben geprüft.',
  broken: (seq) => `Das Protokoll ist ab Eintrag ${seq} nicht mehr so, wie es geschrieben wurde.`,
  brokenSomewhere: 'Das Protokoll ist nicht mehr so, wie es geschrieben wurde.',
  brokenHint:
    'Jemand, der in den Zustandsordner von belay schreiben darf, hat etwas geändert oder entfernt. Bewahren Sie eine Kopie dieses Ordners auf, und finden Sie heraus, wer auf diesem Rechner war.',
  list: 'Protokoll',
  number: 'Nr.',
  when: 'Wann',
  who: 'Wer',
  from: 'Von wo',
  action: 'Was',
  target: 'Woran',
  outcome: 'Ausgang',
  run: 'Lauf',
  search: 'Suchen',
  searchHint: 'In wer, von wo, was, woran und Ausgang.',
  nothing: 'Das Protokoll ist noch leer.',
  nothingHint: 'Jede Anmeldung und jede Änderung steht hier, mit wer, von wo und wann.',
  nothingFound: 'Kein geladener Eintrag enthält das.',
}
