import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test, vi } from 'vitest'
import { httpPoster } from '../../src/host/http/post.ts'
import { testClock } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { webhookNotifier } from '../../src/notifiers/webhook/index.ts'
import { messageOf, notifierContract } from './notifier.contract.ts'
import { httpReceiver, type Posted } from './notifier.receivers.ts'

const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`

interface Body {
  readonly type: string
  readonly timestamp: string
  readonly data: { readonly title: string; readonly text: string; readonly host: string; readonly url?: string }
}
const bodyOf = ({ body }: Posted) => JSON.parse(body) as Body

/** The reference implementation looks at the hour, and the messages of the contract are all of one. */
function verified({ body, headers }: Posted): unknown {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date'] })
  try {
    return new Webhook(secret).verify(body, headers as Record<string, string>)
  } finally {
    vi.useRealTimers()
  }
}

notifierContract({
  kind: 'webhook',
  make: webhookNotifier,
  receive: () => httpReceiver(),
  config: (port) => ({
    spec: { type: 'webhook', url: { env: 'HOOK' }, secret: { env: 'KEY' }, token: { env: 'TOKEN' } },
    secrets: { HOOK: `http://127.0.0.1:${port}/hooks/SECRETpath`, KEY: secret, TOKEN: 'bearer-SECRET-token' },
  }),
  text: (posted) => {
    const { title, text, url } = bodyOf(posted).data
    const { data } = JSON.parse(posted.body) as { data: { run?: string; problem?: { code: string } } }
    return [title, text, url, data.run, data.problem?.code].join('\n')
  },
  id: ({ headers }) => String(headers['webhook-id']),
  shape(posted, message) {
    expect(posted).toMatchObject({ method: 'POST', path: '/hooks/SECRETpath' })
    expect(posted.headers).toMatchObject({ 'webhook-id': message.id, authorization: 'Bearer bearer-SECRET-token' })
    expect(verified(posted)).toEqual(JSON.parse(posted.body))
    expect(bodyOf(posted)).toMatchObject({ type: `belay.${message.event.kind}`, timestamp: message.at })
  },
})

async function sent(change: { readonly key?: string; readonly url?: string } = {}) {
  const receiver = await httpReceiver()
  onTestFinished(() => receiver[Symbol.asyncDispose]())
  const clock = testClock(Date.UTC(2026, 0, 1))
  const allowHttp = ['127.0.0.1']
  const poster = httpPoster({ allowHttp, version: 'test', clock, environment: {} })
  const url = change.url ?? `http://127.0.0.1:${receiver.port}/`
  const notifier = webhookNotifier({ poster, secrets: openSecrets({ KEY: change.key ?? secret }), clock, allowHttp })
  const config = notifier.config.parse({ type: 'webhook', url, secret: { env: 'KEY' } })
  const context = { language: 'en', signal: new AbortController().signal } as const
  return { receiver, send: () => notifier.send(config, messageOf({ kind: 'test' }), context) }
}

test('when one byte of a message is changed then its signature does not fit any more', async () => {
  const { receiver, send } = await sent()
  await send()
  const [posted] = receiver.seen
  if (posted === undefined) throw new Error('nothing came')
  expect(() => verified({ ...posted, body: posted.body.replace('Belay', 'Delay') })).toThrow(/signature/i)
  expect(() => verified({ ...posted, headers: { ...posted.headers, 'webhook-id': 'msg_other' } })).toThrow(/signature/i)
})

test.each(['whsec_c2hvcnQ=', 'not base64 at all, and not short either', `whsec_${'A'.repeat(200)}`])(
  'when the signing secret is %s then it is said how to make one, and nothing is sent',
  async (key) => {
    const { receiver, send } = await sent({ key })
    const error: unknown = await send().catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      problem: { code: 'E_CONFIG_INVALID', hint: expect.stringContaining('openssl rand') },
    })
    expect(JSON.stringify(error)).not.toContain(key)
    expect(receiver.seen).toEqual([])
  },
)

test('when the receiver leads elsewhere then the message is not taken there', async () => {
  const { receiver, send } = await sent()
  receiver.manner = 'redirects'
  await expect(send()).rejects.toMatchObject({ problem: { code: 'E_NOTIFY_REFUSED' } })
  expect(receiver.seen).toHaveLength(1)
})

test('when the receiver takes it and talks without end then it was taken', async () => {
  const { receiver, send } = await sent()
  receiver.manner = 'endless'
  await send()
  expect(receiver.seen).toHaveLength(1)
})
