import { expect, test } from 'vitest'
import { commonOf, formOf, specOf, typedSecrets } from './channel-form.ts'

const mail = {
  type: 'email',
  host: 'mail.example.com',
  tls: 'tls',
  port: 465,
  user: 'ops',
  password: { file: '/run/secrets/mail' },
  from: 'belay@example.com',
  to: ['a@example.com', 'b@example.com'],
  ca: '/etc/ca.pem',
  on: ['failed', 'stuck'],
  language: 'de',
  quiet: { from: '22:00', to: '07:00', timezone: 'Europe/Rome' },
  digest: '24h',
}

test('when a channel is shown as a form and nothing is touched then it comes out as it was', () => {
  expect(specOf('email', formOf('email', mail), commonOf(mail, 'en', 'UTC'), mail, {})).toEqual(mail)
  const hook = { type: 'webhook', url: 'https://a.example', secret: { file: '/state/secrets/hook-secret' } }
  expect(specOf('webhook', formOf('webhook', hook), commonOf(hook, 'de', 'UTC'), hook, {})).toEqual(hook)
})

test('when a secret is typed in then it goes to the agent alone, and the channel has the place where it is kept', () => {
  const form = { ...formOf('slack', null), url: 'https://hooks.example.com/x' }
  expect(typedSecrets('slack', form)).toEqual([{ key: 'url', value: 'https://hooks.example.com/x' }])
  const kept = { url: { file: '/state/secrets/team-url' } }
  expect(specOf('slack', form, commonOf(null, 'en', ''), null, kept)).toEqual({ type: 'slack', ...kept })
  expect(formOf('slack', { type: 'slack', ...kept })).toEqual({ url: '' })
})

test('when a channel is new then what is usual is filled in, and what is empty is left out', () => {
  const form = { ...formOf('email', null), host: 'mail', from: 'a@b.c', to: 'x@y.z; w@y.z' }
  const common = { ...commonOf(null, 'de', 'Europe/Rome'), quietFrom: '22:00' }
  expect(specOf('email', form, common, null, {})).toEqual({
    type: 'email',
    host: 'mail',
    tls: 'starttls',
    from: 'a@b.c',
    to: ['x@y.z', 'w@y.z'],
    language: 'de',
  })
})
