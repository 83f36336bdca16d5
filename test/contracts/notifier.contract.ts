import { describe, expect, onTestFinished, test } from 'vitest'
import type { Message, NotifyEvent, SingleEvent } from '../../src/core/notify/event.ts'
import type { NotifierDeps } from '../../src/host/notify.ts'
import { httpPoster } from '../../src/host/http/post.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { testClock } from '../../src/host/http/testing.ts'
import type { Notifier } from '../../src/ports/notifier.ts'
import { languages } from '../../src/protocol/messages/render.ts'
import type { Posted, Receiver } from './notifier.receivers.ts'

export interface NotifierRig<C> {
  readonly kind: string
  readonly make: (deps: NotifierDeps) => Notifier<C>
  readonly receive: () => Promise<Receiver>
  /** As it stands in the config. `secrets` are the values of the environment variables that it names. */
  readonly config: (port: number) => {
    readonly spec: Readonly<Record<string, unknown>>
    readonly secrets: Readonly<Record<string, string>>
  }
  /** All that a person gets to read. */
  readonly text: (posted: Posted) => string
  /** What is asked of each message; throws what is wrong. */
  readonly shape: (posted: Posted, message: Message) => void
  /** Whether a receiver can tell a repeated message by its id, and where that stands. */
  readonly id: ((posted: Posted) => string | undefined) | null
  readonly laterFacts?: object
}

export const hostName = 'pi4'
const now = Date.UTC(2026, 0, 1)

export function messageOf(event: NotifyEvent, change: Partial<Message> = {}): Message {
  return { id: 'msg_0011_7', at: new Date(now).toISOString(), host: hostName, page: null, event, ...change }
}

const offer = {
  component: 'core',
  from: '1.0.4',
  to: '1.1.0',
  notes: 'Faster starts.',
  url: 'https://example.com/r/1.1.0',
}
const run = { component: 'core', run: 'r-7f3c12ab', action: 'update', from: '1.0.4', to: '1.1.0' } as const
const ended = '2026-01-01T00:00:00.000Z'
const trouble = { code: 'E_CHECK_FAILED', message: 'it answered 500', hint: 'Look at its log.' }

const singles: readonly SingleEvent[] = [
  { kind: 'update_available', ...offer },
  { kind: 'held', by: { kind: 'window', opens: '2026-01-02T02:00:00.000Z' }, ...offer },
  { kind: 'updated', ...run, ended, problem: null },
  { kind: 'failed', ...run, ended, problem: trouble },
  { kind: 'rolled_back', ...run, ended, problem: trouble },
  { kind: 'stuck', ...run, ended, problem: trouble },
  { kind: 'check_failing', component: 'core', since: '2025-12-29T00:00:00.000Z', days: 3, problem: trouble },
]
/** Every kind of message there is. */
export const events: readonly NotifyEvent[] = [
  ...singles,
  { kind: 'digest', events: singles, more: 3 },
  { kind: 'test' },
]

/** What a release, or whoever took it over, may say. */
const hostile = [
  '<!channel> <@U012345> @everyone @here <@&1> <#C1|general>',
  '[click](https://evil.test) <https://evil.test|harmless> **bold** *b* _i_ ~s~ `c` ```x```',
  '<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; <b>b</b>',
  'Subject: x\r\nBcc: victim@evil.test\r\n\r\nbody \u0000\u001b[31m\u202e',
].join('\n')

async function stage<C>(rig: NotifierRig<C>) {
  const receiver = await rig.receive()
  onTestFinished(() => receiver[Symbol.asyncDispose]())
  const { spec, secrets } = rig.config(receiver.port)
  const clock = testClock(now)
  const allowHttp = ['127.0.0.1']
  const open = (hosts: readonly string[], environment: Readonly<Record<string, string>>) => {
    const poster = httpPoster({ allowHttp: hosts, version: 'test', clock, environment: {} })
    return rig.make({ poster, secrets: openSecrets(environment), clock, allowHttp: hosts })
  }
  const notifier = open(allowHttp, secrets)
  const config = notifier.config.parse(spec)
  const send = (message: Message, options: { language?: 'en' | 'de'; signal?: AbortSignal; via?: Notifier<C> } = {}) =>
    (options.via ?? notifier).send(config, message, {
      language: options.language ?? 'en',
      signal: options.signal ?? new AbortController().signal,
    })
  return { receiver, send, open, secrets: Object.values(secrets), secretsByName: secrets }
}

const failing = (code: string, more: object = {}) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...more }) })

const everything = (error: unknown) => {
  const { problem, message } = error as { problem?: unknown; message?: string }
  return `${message} ${JSON.stringify(problem)}`
}

export function notifierContract<C>(rig: NotifierRig<C>): void {
  describe(`${rig.kind} as a notifier`, () => {
    describe.each(languages)('in %s', (language) => {
      test.each(events.map((event) => [event.kind, event] as const))(
        'when %s is sent then it arrives once, in the shape that the receiver wants, with what matters in it',
        async (_, event) => {
          const { receiver, send } = await stage(rig)
          const message = messageOf(event, { page: 'https://pi4.example.com/' })
          await send(message, { language })
          expect(receiver.seen).toHaveLength(1)
          const [posted] = receiver.seen
          if (posted === undefined) throw new Error('nothing came')
          rig.shape(posted, message)
          const text = rig.text(posted)
          expect(text).toContain(hostName)
          if ('component' in event) expect(text).toContain(event.component)
          if ('run' in event) expect(text).toContain(event.run)
          if ('problem' in event && event.problem !== null) expect(text).toContain(event.problem.code)
          if ('url' in event) expect(text).toContain(event.url)
        },
      )
    })

    test('when a release says hostile things then nothing of it is more than text', async () => {
      const { receiver, send } = await stage(rig)
      const event = {
        kind: 'held',
        by: { kind: 'hold', pattern: hostile },
        ...offer,
        notes: hostile,
        to: hostile,
      } as const
      const message = messageOf({ ...event, url: 'javascript:alert(1)' }, { host: `pi4\r\nX-Evil: 1` })
      await send(message)
      const [posted] = receiver.seen
      if (posted === undefined) throw new Error('nothing came')
      rig.shape(posted, message)
      expect(JSON.stringify(posted.headers)).not.toMatch(/"(?:x-evil|bcc)"/i)
      expect(posted.body).not.toMatch(/javascript:|\u0000|\u001b|\u202e|\\u0000|\\u001b/)
    })

    test('when the notes of a release are long then they are cut', async () => {
      const { receiver, send } = await stage(rig)
      const message = messageOf({ kind: 'update_available', ...offer, notes: '🎉é<&>*_[x](y)\n'.repeat(1000) })
      await send(message)
      const [posted] = receiver.seen
      if (posted === undefined) throw new Error('nothing came')
      rig.shape(posted, message)
      expect(Buffer.byteLength(posted.body)).toBeLessThan(20_000)
    })

    test('when a message is sent again then the receiver can tell by its id', async () => {
      if (rig.id === null) return
      const { receiver, send } = await stage(rig)
      await send(messageOf({ kind: 'test' }))
      await send(messageOf({ kind: 'test' }))
      await send(messageOf({ kind: 'test' }, { id: 'msg_0011_8' }))
      const [first, second, third] = receiver.seen.map(rig.id)
      expect(first).toContain('msg_0011_7')
      expect([second === first, third === first]).toEqual([true, false])
    })

    test.each([
      ['refuses', 'E_NOTIFY_REFUSED', false],
      ['later', expect.stringMatching(/^E_(RATE_LIMITED|NOTIFY_REFUSED)$/), true],
      ['broken', expect.stringMatching(/^E_(HTTP_STATUS|NOTIFY_REFUSED)$/), true],
    ] as const)('when the receiver %s then it is told so, without a secret', async (manner, code, retryable) => {
      const { receiver, send, secrets } = await stage(rig)
      receiver.manner = manner
      const error: unknown = await send(messageOf({ kind: 'test' })).catch((caught: unknown) => caught)
      expect(error).toEqual(failing(code as string, { retryable, hint: expect.any(String) }))
      for (const secret of secrets) {
        for (const part of [secret, ...secret.split('/')].filter(
          (each) => each.length > 8 && !each.includes('127.0.0.1'),
        ))
          expect(everything(error)).not.toContain(part)
      }
      expect(receiver.seen).toHaveLength(1)
    })

    test('when nobody listens then it may be tried again, and no secret is told', async () => {
      const { receiver, send, secrets } = await stage(rig)
      await receiver[Symbol.asyncDispose]()
      const error: unknown = await send(messageOf({ kind: 'test' })).catch((caught: unknown) => caught)
      expect(error).toEqual(failing('E_NETWORK', { retryable: true }))
      for (const secret of secrets) expect(everything(error)).not.toContain(secret)
    })

    test('when the receiver hangs then an abort ends it', async () => {
      const { receiver, send } = await stage(rig)
      receiver.manner = 'hang'
      const control = new AbortController()
      const sending = send(messageOf({ kind: 'test' }), { signal: control.signal }).catch((caught: unknown) => caught)
      setTimeout(() => control.abort(), 200)
      expect(await sending).toEqual(failing('E_CANCELLED'))
    })

    test('when a secret is not there then its place is named', async () => {
      const { send, open } = await stage(rig)
      await expect(send(messageOf({ kind: 'test' }), { via: open(['127.0.0.1'], {}) })).rejects.toEqual(
        failing('E_SECRET_MISSING'),
      )
    })

    test('when the connection would not be encrypted then it is refused before anything is sent', async () => {
      const { receiver, send, open, secretsByName, secrets } = await stage(rig)
      if (rig.kind === 'email') return
      const error: unknown = await send(messageOf({ kind: 'test' }), { via: open([], secretsByName) }).catch(
        (caught: unknown) => caught,
      )
      expect(error).toEqual(failing('E_HTTP_INSECURE', { retryable: false }))
      for (const secret of secrets) expect(everything(error)).not.toContain(secret)
      expect(receiver.seen).toHaveLength(0)
    })
  })
}
