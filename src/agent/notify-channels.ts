import { nearest } from '../core/model/nearest.ts'
import { fail } from '../core/model/problem.ts'
import type { ChannelReport, Channels } from '../ports/channels.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notifiers } from '../ports/notifier.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { ChannelSettings } from '../protocol/settings.ts'

export interface ChannelsPorts {
  readonly outbox: Pick<Outbox, 'state'>
  readonly notifiers: Notifiers
  readonly clock: Pick<Clock, 'now' | 'randomHex'>
  readonly host: string
  readonly page: () => string | null
}

/** The channels of a config, and how sending to them goes. */
export function createChannels(ports: ChannelsPorts, notify: Readonly<Record<string, ChannelSettings>>): Channels {
  return {
    list: async () => Object.values(notify).map((channel) => reportOf(ports, channel)),
    async test(name, signal) {
      const channel = Object.hasOwn(notify, name) ? notify[name] : undefined
      if (channel === undefined) throw unknownChannel(name, Object.keys(notify))
      const { clock, host, page } = ports
      const message = {
        id: `msg_${clock.randomHex(8)}_test`,
        at: new Date(clock.now()).toISOString(),
        host,
        page: page(),
        event: { kind: 'test' },
      } as const
      await ports.notifiers.send(channel.spec, message, { language: channel.language, signal })
    },
  }
}

function reportOf({ outbox }: ChannelsPorts, { name, spec, on, components }: ChannelSettings): ChannelReport {
  const { waiting, givenUp, lastSent, lastProblem } = outbox.state(name)
  return {
    name,
    type: spec.type,
    on,
    components,
    waiting,
    given_up: givenUp,
    last_sent: lastSent === null ? null : new Date(lastSent).toISOString(),
    last_problem:
      lastProblem === null ? null : { code: lastProblem.code, message: lastProblem.message, hint: lastProblem.hint },
  }
}

function unknownChannel(name: string, known: readonly string[]): Error {
  const meant = nearest(name.slice(0, 64), known)
  const hint =
    known.length === 0
      ? 'The config has none: write one under agent.notify.'
      : meant === null
        ? `Known: ${known.join(', ')}.`
        : `Did you mean ${meant}?`
  return fail('E_USAGE', `There is no channel ${JSON.stringify(name.slice(0, 64))}.`, { hint })
}
