import { hostname } from 'node:os'
import { createNotify, type Notify } from '../agent/notify.ts'
import { createChannels } from '../agent/notify-channels.ts'
import { pageOf } from '../core/notify/page.ts'
import type { Say } from '../ports/agent.ts'
import type { Channels } from '../ports/channels.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { Settings } from '../protocol/settings.ts'
import { openJournal } from '../storage/journal.ts'
import { fileOutbox } from '../storage/outbox.ts'
import { openNotifiers } from './notifiers.ts'

export interface NotifyOptions {
  readonly stateDir: string
  readonly clock: SteadyClock
  readonly env: Readonly<Record<string, string | undefined>>
  /** Those that hold now. */
  readonly settings: () => Settings
  readonly say: Say
}

/** Messages to people, for the agent. The journal must have been opened before, which makes it. */
export function openNotify({ stateDir, clock, env, settings, say }: NotifyOptions): Notify & AsyncDisposable {
  const outbox = fileOutbox(stateDir, clock)
  const journal = openJournal(stateDir, clock, { readOnly: true })
  const notifiers = openNotifiers({ clock, env, allowHttp: () => settings().agent.allowHttp })
  const page = () => pageOf(settings().agent)
  const notify = createNotify({ clock, outbox, journal, notifiers, host: hostname(), page, say })
  return {
    ...notify,
    async [Symbol.asyncDispose]() {
      await notify.close()
      journal.close()
      outbox.close()
    },
  }
}

/** The channels of a config: how sending to them goes, and a test of each. Works beside an agent and without one. */
export function openChannels({ stateDir, clock, env, settings }: Omit<NotifyOptions, 'say'>): Channels {
  const { agent } = settings()
  const notifiers = openNotifiers({ clock, env, allowHttp: () => agent.allowHttp })
  const outbox = {
    state(channel: string) {
      const opened = fileOutbox(stateDir, clock)
      try {
        return opened.state(channel)
      } finally {
        opened.close()
      }
    },
  }
  return createChannels({ outbox, notifiers, clock, host: hostname(), page: () => pageOf(agent) }, agent.notify)
}
