import type { en } from './login.en.ts'

export const de: typeof en = {
  title: 'Anmelden',
  at: (host) => `bei belay auf ${host}`,
  name: 'Name',
  password: 'Passwort',
  login: 'Anmelden',
  wrong: 'Der Name oder das Passwort ist falsch.',
  forgotten: 'Vergessen? Auf dem Rechner setzt „belay user password NAME“ ein neues.',
  setupTitle: 'Belay einrichten',
  setupIntro: (host) =>
    `Noch darf niemand belay auf ${host} benutzen. Das erste Konto darf alles ändern; es kann weitere anlegen.`,
  secret: 'Einmal-Geheimnis',
  secretHint:
    'Der Agent hat es beim Start ausgegeben und in die Datei „setup-secret“ in seinem Zustandsordner geschrieben.',
  newName: 'Ihr Name',
  newPassword: 'Ein Passwort',
  newPasswordHint: 'Mindestens 12 Zeichen. Ein paar zufällige Wörter sind gut.',
  repeat: 'Das Passwort noch einmal',
  repeatDiffers: 'Die beiden Passwörter sind verschieden.',
  setup: 'Konto anlegen',
}
