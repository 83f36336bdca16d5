import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts'
import { checkReport } from '../../test/fakes/engine.ts'
import { componentName, corePlan, runId } from '../../test/fakes/plan.ts'
import { BelayError, problem, type Problem } from '../core/model/problem.ts'
import type { Message } from '../core/notify/event.ts'
import type { Outcome } from '../core/model/release.ts'
import { channelSettings } from '../protocol/config/channels.ts'
import type { Settings } from '../protocol/settings.ts'
import type { CheckReport } from '../ports/engine.ts'
import { openJournal } from '../storage/journal.ts'
import { fileOutbox } from '../storage/outbox.ts'
import { createNotify, type Notify } from './notify.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const start = Date.parse('2026-03-01T12:00:00Z')

const down = problem('E_NETWORK', 'refused', { retryable: true })
const offer = checkReport({ update_available: true, latest: '1.1.0', last_checked: '2026-03-01T11:00:00.000Z' })

/** A host with a real journal and a real outbox; receivers do as they are told, and time is the test's. */
class World {
  readonly dir = mkdtempSync(join(tmpdir(), 'belay-notify-'))
  readonly clock: FakeClock = fakeClock(start)
  readonly journal = openJournal(this.dir, this.clock)
  readonly got: string[] = []
  readonly ids: string[] = []
  readonly said: string[] = []
  readonly known: string[] = []
  private check: CheckReport | null = null
  private wake: () => void = () => {}
  channels: Readonly<Record<string, object>> = { mail: {} }
  /** What a channel answers; absent: it takes the message. */
  readonly answers = new Map<string, Problem | 'hangs'>()
  private outbox = fileOutbox(this.dir, this.clock)
  private notify: Notify = this.create()
  private halted = false
  private runs = 0

  private create(): Notify {
    const notify = createNotify({
      clock: this.clock,
      outbox: this.outbox,
      journal: this.journal,
      notifiers: { send: async (spec, message, { signal }) => this.receive(spec.type, message, signal) },
      host: 'pi4',
      page: () => null,
      say: ({ level, text }) => this.said.push(`${level} ${text}`),
    })
    notify.onMessage((event) => this.known.push(event.kind))
    return notify
  }

  private async receive(channel: string, message: Message, signal: AbortSignal): Promise<void> {
    const answer = this.answers.get(channel)
    this.ids.push(message.id)
    if (answer === 'hangs')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    if (answer !== undefined && answer !== 'hangs') throw new BelayError(answer)
    const { event } = message
    const about = event.kind === 'digest' ? event.events.map(({ kind }) => kind).join('+') : event.kind
    this.got.push(`${(this.clock.now() - start) / hour} ${channel} ${about}`)
  }

  /** The loop as the agent runs it, only that nobody looks every minute. */
  async run(): Promise<void> {
    const settings = {
      agent: {
        notify: Object.fromEntries(
          Object.entries(this.channels).map(([name, spec]) => [name, channelSettings(name, { type: name, ...spec })]),
        ),
      },
      components: new Map([[componentName('core'), {}]]),
    } as unknown as Settings
    const { notify } = this
    let wake = new AbortController()
    this.wake = () => wake.abort()
    notify.onWake(this.wake)
    while (!this.halted && this.notify === notify) {
      wake = new AbortController()
      const wait = await notify.look({ settings, lastChecks: { get: () => this.check } })
      await this.clock.sleep(Math.min(wait, hour), wake.signal).catch(() => {})
    }
  }

  async pass(ms: number): Promise<void> {
    await this.clock.pass(ms)
  }

  async halt(): Promise<void> {
    this.halted = true
    await this.notify.close()
    this.outbox.close()
    await this.clock.pass(0)
  }

  /** Another process takes the place of this one. */
  async restart(): Promise<void> {
    if (!this.halted) await this.halt()
    this.halted = false
    this.outbox = fileOutbox(this.dir, this.clock)
    this.notify = this.create()
    void this.run()
  }

  checked(report: CheckReport): void {
    this.check = report
    this.wake()
  }

  async ran(outcome: Outcome | null, run = runId(`r-0000000${++this.runs}`)): Promise<void> {
    await this.journal.append(run, { t: 'opened', plan: corePlan({ run }) })
    if (outcome !== null) await this.close(run, outcome)
  }

  async close(run: string, outcome: Outcome): Promise<void> {
    const why = outcome === 'committed' ? null : problem('E_CHECK_FAILED', 'it answers 500')
    await this.journal.append(runId(run), { t: 'closed', outcome, problem: why })
    this.wake()
  }

  async end(): Promise<void> {
    if (!this.halted) await this.halt()
    this.journal.close()
    rmSync(this.dir, { recursive: true, force: true })
  }
}

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(async () => {
  await world.end()
  await world.clock.pass(minute)
})

describe('runs', () => {
  test('when a journal is old then nothing of it is told, and what ends from then on is, once', async () => {
    await world.ran('stuck')
    await world.ran('committed')
    void world.run()
    await world.pass(hour)
    expect(world.got).toEqual([])
    await world.ran('rolled-back')
    await world.pass(hour)
    await world.restart()
    await world.pass(hour)
    expect(world.got).toEqual([expect.stringMatching(/ mail rolled_back$/)])
    expect(world.known).toEqual(['rolled_back'])
  })

  test('when runs end while no agent runs then they are told at its start, in their order', async () => {
    void world.run()
    await world.pass(minute)
    await world.halt()
    await world.ran('failed')
    await world.ran('committed')
    await world.restart()
    await world.pass(minute)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['failed', 'updated'])
  })

  test('when one is stuck and later resumed then both are told, and what ended in between is told once', async () => {
    void world.run()
    await world.pass(minute)
    await world.ran('stuck', runId('r-aaaaaaaa'))
    await world.ran('committed')
    await world.pass(hour)
    await world.restart()
    await world.pass(hour)
    await world.journal.append(runId('r-aaaaaaaa'), { t: 'resumed' })
    await world.pass(minute)
    await world.close('r-aaaaaaaa', 'stuck')
    await world.pass(hour)
    await world.journal.append(runId('r-aaaaaaaa'), { t: 'resumed' })
    await world.close('r-aaaaaaaa', 'committed')
    await world.pass(hour)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['stuck', 'updated', 'updated'])
  })

  test('when one goes on for days and another one is made meanwhile then each is told when it ends', async () => {
    void world.run()
    await world.pass(minute)
    await world.ran(null, runId('r-bbbbbbbb'))
    await world.ran('committed')
    await world.pass(2 * day)
    await world.close('r-bbbbbbbb', 'rolled-back')
    await world.pass(minute)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['updated', 'rolled_back'])
  })

  test('when nobody is to be told then they are not told later either', async () => {
    world.channels = {}
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.pass(minute)
    world.channels = { mail: {} }
    await world.restart()
    await world.pass(hour)
    expect([world.got, world.known]).toEqual([[], ['failed']])
  })
})

describe('checks', () => {
  test('when an update is found every day then it is told once, to a channel that comes later too', async () => {
    world.checked(offer)
    void world.run()
    await world.pass(3 * day)
    world.channels = { mail: {}, chat: {} }
    await world.restart()
    await world.pass(hour)
    expect(world.got).toEqual(['0 mail update_available', '72 chat update_available'])
    expect(world.known).toEqual(['update_available'])
  })

  test('when it was installed since the check then it is not offered again', async () => {
    await world.ran('committed')
    world.checked(offer)
    void world.run()
    await world.pass(day)
    expect(world.got).toEqual([])
    world.checked({ ...offer, latest: '1.2.0', last_checked: new Date(world.clock.now()).toISOString() })
    await world.pass(minute)
    expect(world.got).toEqual(['24 mail update_available'])
  })

  test('when a source is silent then that is told after each channel’s time, and again after it answered', async () => {
    world.channels = { mail: { check_failing: '2d' }, chat: { check_failing: '1h' } }
    const error = { code: 'E_NETWORK', message: 'no route', hint: null }
    world.checked(checkReport({ error, last_checked: new Date(start).toISOString() }))
    void world.run()
    await world.pass(5 * day)
    expect(world.got).toEqual(['1 chat check_failing', '48 mail check_failing'])
    const answered = checkReport({ last_checked: new Date(world.clock.now()).toISOString() })
    world.checked(answered)
    await world.pass(hour)
    world.checked({ ...answered, error })
    await world.pass(3 * day)
    expect(world.got.slice(2)).toEqual(['121 chat check_failing', '168 mail check_failing'])
  })

  test('when a source never answered then its silence counts from the first try, over restarts', async () => {
    const error = { code: 'E_NETWORK', message: 'no route', hint: null }
    world.checked(checkReport({ error, last_checked: null }))
    void world.run()
    await world.pass(2 * day)
    await world.restart()
    await world.pass(5 * day)
    expect(world.got).toEqual(['72 mail check_failing'])
  })
})

describe('receivers', () => {
  test('when one hangs then the other channels have theirs at once', async () => {
    world.channels = { mail: {}, chat: {} }
    world.answers.set('mail', 'hangs')
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.ran('committed')
    await world.pass(minute)
    expect(world.got.map((line) => line.replace(/^\S+ /, ''))).toEqual(['chat failed', 'chat updated'])
  })

  test('when one is down for a day, over a restart, then it has all of it later, in its order and with the same ids', async () => {
    world.answers.set('mail', down)
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.ran('committed')
    await world.pass(12 * hour)
    await world.restart()
    await world.pass(12 * hour)
    expect(world.got).toEqual([])
    const tried = [...world.ids]
    // Later and later: not more than once an hour in the end.
    expect(tried.length).toBeLessThan(40)
    world.answers.clear()
    await world.pass(2 * hour)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['failed', 'updated'])
    expect(new Set(world.ids)).toEqual(new Set([...tried, ...world.ids.slice(-1)]))
    expect(world.said[0]).toMatch(/^warn channel mail: a message is sent again after .*: E_NETWORK refused/)
  })

  test('when it is down for longer than three days then what is older is given up, and told so; the rest comes', async () => {
    world.answers.set('mail', down)
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.pass(2 * day)
    await world.ran('stuck')
    await world.pass(day + 3 * hour)
    world.answers.clear()
    await world.pass(3 * hour)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['stuck'])
    expect(world.said.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringContaining('channel mail: a message was given up: E_NETWORK'),
    ])
  })

  test('when the agent is started again then it does not wait for the old pause to be over', async () => {
    world.answers.set('mail', down)
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.pass(12 * hour)
    world.answers.clear()
    await world.restart()
    await world.pass(0)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['failed'])
  })

  test('when it refuses a message for good then that is given up at once, and the next one is tried', async () => {
    world.answers.set('mail', problem('E_NOTIFY_REFUSED', '404'))
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.pass(minute)
    expect(world.ids).toHaveLength(1)
    world.answers.clear()
    await world.ran('committed')
    await world.pass(day)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['updated'])
  })

  test('when a channel wants a digest then it has one a day, and what failed at once', async () => {
    world.channels = { mail: { digest: '24h' } }
    void world.run()
    await world.pass(minute)
    await world.ran('committed')
    await world.pass(hour)
    await world.ran('failed')
    await world.ran('rolled-back')
    await world.pass(3 * day)
    expect(world.got.map((line) => line.split(' ')[2])).toEqual(['failed', 'updated+rolled_back'])
  })

  test('when a channel is taken out of the config then nobody waits for it', async () => {
    world.answers.set('mail', down)
    void world.run()
    await world.pass(minute)
    await world.ran('failed')
    await world.pass(hour)
    world.channels = {}
    world.answers.clear()
    await world.restart()
    await world.pass(4 * day)
    world.channels = { mail: {} }
    await world.restart()
    await world.pass(day)
    expect(world.got).toEqual([])
  })
})
