import { expect, test } from 'vitest'
import { scrub } from './scrub.ts'

test.each([
  ['https://bob:hunter22@host/x', 'https://***@host/x'],
  ['GET /a?token=abcdef&x=1', 'GET /a?token=***&x=1'],
  ['authorization: Bearer abcdefghij', 'authorization: ***'],
  ['he sent Bearer abcdefghijkl to it', 'he sent Bearer *** to it'],
  ['token belay_0123456789abcdef was used', 'token belay_*** was used'],
  ['POSTGRES_PASSWORD=hunter22 PGUSER=bob', 'POSTGRES_PASSWORD=*** PGUSER=bob'],
  ['"password": "hunter22"', '"password": "***"'],
  ['api_key: abcdef', 'api_key: ***'],
])('when a text holds something in the form of a secret then it is hidden: %s', (text, hidden) => {
  expect(scrub(text, [])).toBe(hidden)
})

test('when a config says where a secret is then that stays to be read', () => {
  const text = 'token: { env: GITHUB_TOKEN }\ntoken_env: GITHUB_TOKEN\npassword: { file: /etc/belay/password }'
  expect(scrub(text, [])).toContain('{ env: GITHUB_TOKEN }')
  expect(scrub(text, [])).toContain('{ file: /etc/belay/password }')
})

test('when a secret is known then it is hidden wherever and however it is written', () => {
  const secret = 'a"b c/d'
  const text = ['said a"b c/d', JSON.stringify({ said: secret }), `https://x/?q=${encodeURIComponent(secret)}`]
  expect(scrub(text.join('\n'), [secret])).toBe('said ***\n{"said":"***"}\nhttps://x/?q=***')
})

test('when one secret is the beginning of another then nothing of the longer one is left', () => {
  expect(scrub('hunter22-more', ['hunter22', 'hunter22-more'])).toBe('***')
})

test('when a secret is as short as a word then the text stays readable', () => {
  expect(scrub('a run of app', ['a'])).toBe('a run of app')
})
