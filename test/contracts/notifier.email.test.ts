import { expect, onTestFinished, test } from 'vitest'
import { httpPoster } from '../../src/host/http/post.ts'
import { testClock } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { emailNotifier } from '../../src/notifiers/email/index.ts'
import { messageOf, notifierContract } from './notifier.contract.ts'
import { authority, readMail, smtpReceiver, type SmtpOptions } from './notifier.receivers.ts'

const login = { user: 'belay', password: 'SECRET-smtp-password' }
const spec = (port: number) => ({
  type: 'email',
  host: '127.0.0.1',
  port,
  from: 'belay@example.com',
  to: ['ops@example.com', 'me@example.com'],
  user: login.user,
  password: { env: 'SMTP' },
  ca: authority,
})

notifierContract({
  kind: 'email',
  make: emailNotifier,
  receive: () => smtpReceiver({ login }),
  config: (port) => ({ spec: spec(port), secrets: { SMTP: login.password } }),
  text: readMail,
  id: ({ headers }) => String(headers['message-id']),
  shape(posted, message) {
    expect(posted.path).toBe('ops@example.com,me@example.com')
    const { headers } = posted
    expect(headers).toMatchObject({
      to: 'ops@example.com, me@example.com',
      'message-id': `<${message.id}@example.com>`,
      'auto-submitted': 'auto-generated',
      date: 'Thu, 01 Jan 2026 00:00:00 +0000',
    })
    expect(headers['from']).toMatch(/<belay@example\.com>$/)
    expect(headers['content-type']).toMatch(/^text\/plain; charset=utf-8/)
    expect(posted.body).not.toMatch(/multipart|text\/html/)
    const [subject = ''] = readMail(posted).split('\n')
    expect(subject.length).toBeLessThanOrEqual(150)
  },
})

async function mail(options: SmtpOptions, change: object = {}, more: { allowHttp?: string[]; password?: string } = {}) {
  const receiver = await smtpReceiver(options)
  onTestFinished(() => receiver[Symbol.asyncDispose]())
  const clock = testClock(Date.UTC(2026, 0, 1))
  const allowHttp = more.allowHttp ?? []
  const poster = httpPoster({ allowHttp, version: 'test', clock, environment: {} })
  const secrets = openSecrets({ SMTP: more.password ?? login.password })
  const notifier = emailNotifier({ poster, secrets, clock, allowHttp })
  const config = notifier.config.parse({ ...spec(receiver.port), ...change })
  const context = { language: 'en', signal: new AbortController().signal } as const
  return { receiver, send: () => notifier.send(config, messageOf({ kind: 'test' }), context) }
}

test.each([
  ['starttls', {}],
  ['tls', { tls: 'tls' }],
] as const)('when the server speaks %s then the message and the password go encrypted', async (tls, change) => {
  const { receiver, send } = await mail({ tls, login }, change)
  await send()
  expect(receiver.last).toEqual({ secure: true, user: 'belay' })
})

test('when the server offers no encryption then nothing is sent, not even the password', async () => {
  const { receiver, send } = await mail({ tls: 'none', login })
  await expect(send()).rejects.toMatchObject({ problem: { code: 'E_NETWORK', facts: { reason: 'tls' } } })
  expect(receiver.seen).toEqual([])
})

test('when nobody vouches for the server then it is not talked to, and it is said what to write', async () => {
  const { receiver, send } = await mail({ login }, { ca: undefined })
  await expect(send()).rejects.toMatchObject({
    problem: { code: 'E_NETWORK', hint: expect.stringContaining('ca'), facts: { reason: 'tls' } },
  })
  expect(receiver.seen).toEqual([])
})

test('when no encryption is wanted then its host must be allowed', async () => {
  const plain = { tls: 'none', user: undefined, password: undefined }
  const refused = await mail({ tls: 'none' }, plain)
  await expect(refused.send()).rejects.toMatchObject({
    problem: { code: 'E_HTTP_INSECURE', hint: expect.stringContaining('agent.allow_http') },
  })
  expect(refused.receiver.seen).toEqual([])
  const allowed = await mail({ tls: 'none' }, plain, { allowHttp: ['127.0.0.1'] })
  await allowed.send()
  expect(allowed.receiver.last).toEqual({ secure: false, user: null })
})

test('when the password is wrong then that is told, without the password', async () => {
  const { send } = await mail({ login }, {}, { password: 'WRONG-password-1' })
  const error: unknown = await send().catch((caught: unknown) => caught)
  expect(error).toMatchObject({
    problem: { code: 'E_NOTIFY_REFUSED', retryable: false, hint: expect.stringContaining('password') },
  })
  expect(JSON.stringify(error)).not.toContain('WRONG-password-1')
})

test('when one of two recipients is refused then the other has it, and it is not sent again', async () => {
  const { receiver, send } = await mail({ login, unknown: 'me@example.com' })
  await expect(send()).rejects.toMatchObject({ problem: { code: 'E_NOTIFY_REFUSED', retryable: false } })
  expect(receiver.seen.map(({ path }) => path)).toEqual(['ops@example.com'])
})
