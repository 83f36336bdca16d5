export const en = {
  title: 'Log in',
  at: (host: string) => `to belay on ${host}`,
  name: 'Name',
  password: 'Password',
  login: 'Log in',
  forgotten: 'Forgotten? On the host, "belay user" removes and adds people.',
  setupTitle: 'Set up belay',
  setupIntro: (host: string) =>
    `Nobody may use belay on ${host} yet. The first account may change everything; it can add others.`,
  secret: 'One-time secret',
  secretHint: 'The agent printed it when it started, and wrote it into the file "setup-secret" in its state folder.',
  newName: 'Your name',
  newPassword: 'A password',
  newPasswordHint: 'At least 12 characters. A few random words are good.',
  repeat: 'The password again',
  repeatDiffers: 'The two passwords differ.',
  setup: 'Create the account',
}
