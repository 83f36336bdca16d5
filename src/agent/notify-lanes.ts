import { problemOf } from '../core/model/problem.ts'
import { digestOf, mayPass, type Next, nextFor, patienceMs, retryDue, type Waiting } from '../core/notify/sending.ts'
import type { ChannelSettings } from '../protocol/settings.ts'
import type { NotifyPorts } from './notify-ports.ts'
import { sentence } from './updates.ts'

/** One lane for each channel: a receiver that hangs holds up nobody but itself. */
export interface Lanes {
  /** Begins what is due where nothing is under way; gives the time until more is. */
  start(channels: readonly ChannelSettings[]): number
  /** Leaves what is under way. */
  close(): Promise<void>
}

interface Rest {
  readonly channel: ChannelSettings
  readonly untilUptime: number
}

/** `freed` is called when a lane has ended. */
export function createLanes(ports: NotifyPorts, freed: () => void): Lanes {
  const { clock, outbox } = ports
  const running = new Map<string, Promise<void>>()
  const rests = new Map<string, Rest>()
  /** Settings under which something was tried, or looked for. */
  const known = new WeakSet<ChannelSettings>()
  const stop = new AbortController()

  const nextOf = (channel: ChannelSettings): Exclude<Next, { do: 'digest' }> => {
    const rest = rests.get(channel.name)
    // A receiver that just failed is left alone, and so are the messages behind the one that failed. Not under new settings.
    const restMs = rest?.channel === channel ? rest.untilUptime - clock.uptime() : 0
    if (restMs > 0) return { do: 'wait', ms: restMs }
    // Whoever starts the agent, or changes the config, may have put right what kept messages from going: no old pause holds.
    const isNew = !known.has(channel)
    known.add(channel)
    for (;;) {
      const waiting = outbox.waiting(channel.name)
      const rows = isNew ? waiting.map((row) => ({ ...row, due: row.at })) : waiting
      const next = nextFor(channel, rows, clock.now())
      if (next.do !== 'digest') return next
      const ids = next.rows.map(({ id }) => id)
      outbox.join(channel.name, ids, digestOf(next.rows), clock.now())
    }
  }

  const send = async (channel: ChannelSettings, row: Waiting): Promise<boolean> => {
    const { host, page, notifiers } = ports
    const message = { id: row.id, at: new Date(row.at).toISOString(), host, page: page(), event: row.event }
    try {
      await notifiers.send(channel.spec, message, { language: channel.language, signal: stop.signal })
    } catch (error) {
      if (!stop.signal.aborted) failed(channel, row, error)
      return false
    }
    // Killed right before this, it is sent again with the same id.
    outbox.sent(row.id, clock.now())
    rests.delete(channel.name)
    return true
  }

  const failed = (channel: ChannelSettings, row: Waiting, error: unknown): void => {
    const problem = problemOf(error)
    const now = clock.now()
    const patient = mayPass(problem) && now - row.at < patienceMs
    const share = Number.parseInt(clock.randomHex(1), 16) / 255
    const due = patient ? retryDue(row.attempts + 1, problem, { now, share }) : null
    outbox.failed(row.id, problem, due, now)
    if (mayPass(problem)) {
      if (!patient) outbox.giveUpBefore(channel.name, now - patienceMs, problem)
      const until = due ?? retryDue(row.attempts + 1, problem, { now, share })
      rests.set(channel.name, { channel, untilUptime: clock.uptime() + until - now })
    }
    const what =
      due === null ? 'a message was given up' : `a message is sent again after ${new Date(due).toISOString()}`
    const level = due === null ? 'error' : 'warn'
    ports.say({ level, component: null, run: null, text: `channel ${channel.name}: ${what}: ${sentence(problem)}` })
  }

  const lane = async (channel: ChannelSettings, first: Waiting): Promise<void> => {
    let row: Waiting | null = first
    while (row !== null && !stop.signal.aborted) {
      const sent = await send(channel, row)
      const next: Next | null = sent ? nextOf(channel) : null
      row = next?.do === 'send' ? next.row : null
    }
  }

  const begin = (channel: ChannelSettings): number => {
    const next = nextOf(channel)
    if (next.do === 'wait') return next.ms
    const ended = lane(channel, next.row)
      // What cannot be written down now may be in a while; the message is still there.
      .catch((error: unknown) => {
        rests.set(channel.name, { channel, untilUptime: clock.uptime() + againMs })
        const text = `channel ${channel.name}: ${sentence(problemOf(error))}`
        ports.say({ level: 'error', component: null, run: null, text })
      })
      .finally(() => {
        running.delete(channel.name)
        freed()
      })
    running.set(channel.name, ended)
    return Infinity
  }

  return {
    start: (channels) =>
      Math.min(Infinity, ...channels.map((channel) => (running.has(channel.name) ? Infinity : begin(channel)))),
    async close() {
      stop.abort()
      await Promise.all(running.values())
    },
  }
}

const againMs = 60_000
