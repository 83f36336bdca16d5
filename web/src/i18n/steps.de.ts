import type { en } from './steps.en.ts'

export const de: typeof en = {
  when: { running: 'Während es läuft', down: 'Während es steht', after: 'Danach' },
  commit: 'Von hier an bleibt die neue Version.',
  back: 'Der Rückweg, geprüft',
  states: {
    pending: 'kommt noch',
    unreached: 'nicht erreicht',
    running: 'läuft',
    done: 'erledigt',
    failed: 'gescheitert',
    undone: 'zurückgenommen',
    skipped: 'nicht nötig',
  },
  log: (lines) => (lines === 1 ? '1 Zeile des Logs' : `${lines} Zeilen des Logs`),
  progress: 'Fortschritt',
  of: (done, total) => `${done} von ${total}`,
}
