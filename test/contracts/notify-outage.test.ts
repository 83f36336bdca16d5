import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createNotify } from '../../src/agent/notify.ts'
import { problem } from '../../src/core/model/problem.ts'
import { openNotifiers } from '../../src/main/notifiers.ts'
import { channelSettings } from '../../src/protocol/config/channels.ts'
import type { Settings } from '../../src/protocol/settings.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { fileOutbox } from '../../src/storage/outbox.ts'
import { freePort } from '../../examples/demo/free-port.ts'
import { fakeClock } from '../fakes/clock.ts'
import { corePlan, runId } from '../fakes/plan.ts'
import { httpReceiver, type Receiver } from './notifier.receivers.ts'

/** Real receivers that go and come back; hours pass as fast as they are asked. */

const hour = 3_600_000
const env = { KEY: `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}` }

async function host() {
  const dir = await mkdtemp(join(tmpdir(), 'belay-outage-'))
  const clock = fakeClock(Date.UTC(2026, 2, 1))
  const journal = openJournal(dir, clock)
  onTestFinished(async () => {
    journal.close()
    await rm(dir, { recursive: true, force: true })
  })
  let runs = 0
  return {
    clock,
    /** A process that sends; another one may take its place. */
    start: (channels: Readonly<Record<string, number>>) => {
      const outbox = fileOutbox(dir, clock)
      const said: string[] = []
      const notifiers = openNotifiers({ clock, env, allowHttp: () => ['127.0.0.1'] })
      const say = ({ text }: { readonly text: string }) => said.push(text)
      const notify = createNotify({ clock, outbox, journal, notifiers, host: 'pi4', page: () => null, say })
      const entries = Object.entries(channels).map(([name, port]) => {
        const spec = { type: 'webhook', url: `http://127.0.0.1:${port}/`, secret: { env: 'KEY' } }
        return [name, channelSettings(name, spec)] as const
      })
      const settings = { agent: { notify: Object.fromEntries(entries) }, components: new Map() } as unknown as Settings
      let idle = Promise.withResolvers<void>()
      notify.onWake(() => idle.resolve())
      return {
        said,
        /** One look, and the end of at least one lane where one was begun. */
        async look(): Promise<number> {
          idle = Promise.withResolvers<void>()
          const wait = await notify.look({ settings, lastChecks: { get: () => null } })
          return wait
        },
        ended: () => idle.promise,
        async stop() {
          await notify.close()
          outbox.close()
        },
      }
    },
    fails: async () => {
      const run = runId(`r-0000000${++runs}`)
      const why = problem('E_CHECK_FAILED', 'it answers 500')
      await journal.append(run, { t: 'opened', plan: corePlan({ run }) })
      await journal.append(run, { t: 'closed', outcome: 'failed', problem: why })
    },
  }
}

const runsIn = ({ seen }: Receiver) => seen.map(({ body }) => (JSON.parse(body) as { data: { run: string } }).data.run)
const idsIn = ({ seen }: Receiver) => seen.map(({ headers }) => headers['webhook-id'])

test('when a receiver is away for a day, and the agent restarted in it, then all comes later, once and in order', async () => {
  const { clock, start, fails } = await host()
  // None that the kernel lends: somebody else could have it while nobody is to listen.
  const port = await freePort()
  const first = await httpReceiver(port)
  const one = start({ web: port })
  await one.look()
  await first[Symbol.asyncDispose]()

  await fails()
  await one.look()
  await one.ended()
  expect(one.said).toEqual([expect.stringMatching(/channel web: a message is sent again after .*E_NETWORK/)])
  expect(await one.look()).toBeGreaterThanOrEqual(30_000)
  await fails()
  await clock.pass(12 * hour)
  await one.look()
  await one.ended()
  await one.stop()

  const two = start({ web: port })
  await clock.pass(12 * hour)
  await two.look()
  await two.ended()
  await using second = await httpReceiver(port)
  await clock.pass(hour)
  await two.look()
  await two.ended()
  expect(runsIn(second)).toEqual(['r-00000001', 'r-00000002'])
  expect(await two.look()).toBe(Infinity)
  await two.stop()
})

test('when the answer of a receiver is lost then it has the message twice, with one id', async () => {
  const { clock, start, fails } = await host()
  await using web = await httpReceiver()
  const one = start({ web: web.port })
  await one.look()
  await fails()
  web.manner = 'hang'
  await one.look()
  while (web.seen.length === 0) await setTimeout(5)
  // Killed: nobody marks it as sent.
  await one.stop()
  web.manner = 'takes'
  const two = start({ web: web.port })
  await clock.pass(hour)
  await two.look()
  await two.ended()
  expect(idsIn(web)).toEqual([expect.stringMatching(/^msg_/), idsIn(web)[0]])
  await two.stop()
})

test('when one receiver hangs then the others have theirs, and nobody waits for it', async () => {
  const { start, fails } = await host()
  await using slow = await httpReceiver()
  await using quick = await httpReceiver()
  slow.manner = 'hang'
  const one = start({ slow: slow.port, quick: quick.port })
  await one.look()
  await fails()
  await one.look()
  await one.ended()
  await fails()
  await one.look()
  await one.ended()
  await expect.poll(() => runsIn(slow)).toHaveLength(1)
  expect([runsIn(quick).length, runsIn(slow).length]).toEqual([2, 1])
  await one.stop()
})

test('when a receiver says when to come back then it is left alone until then', async () => {
  const { clock, start, fails } = await host()
  await using web = await httpReceiver()
  web.manner = 'later'
  const one = start({ web: web.port })
  await one.look()
  await fails()
  await one.look()
  await one.ended()
  expect(await one.look()).toBe(120_000)
  web.manner = 'takes'
  await clock.pass(120_000)
  await one.look()
  await one.ended()
  expect(idsIn(web)).toHaveLength(2)
  await one.stop()
})
