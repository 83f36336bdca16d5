import { patienceMs } from '../core/notify/sending.ts'
import type { SingleEvent } from '../core/notify/event.ts'
import { createLanes } from './notify-lanes.ts'
import type { NotifyPorts, Take } from './notify-ports.ts'
import { runTaker } from './notify-runs.ts'
import { standingTaker } from './notify-standing.ts'
import type { Loaded } from './ports.ts'

/** Tells people what happened here. All that it knows is on disk: it may be killed at any instant. */
export interface Notify {
  /**
   * Takes in what is new and begins to send what is due; gives the time until it is to be called again. Waits for no
   * receiver.
   */
  look(loaded: Pick<Loaded, 'settings' | 'lastChecks'>): Promise<number>
  /** Called when there may be more to send. */
  onWake(listener: () => void): void
  /** Called once for each event, right when it becomes known, whatever the channels. Gives what ends it. */
  onMessage(listener: MessageListener): () => void
  /** What is under way is left; the next start sends it. */
  close(): Promise<void>
}

export type MessageListener = (event: SingleEvent) => void

const tidyMs = 3_600_000

export function createNotify(ports: NotifyPorts): Notify {
  const { clock, outbox } = ports
  const listeners = new Set<MessageListener>()
  const wakers = new Set<() => void>()
  const lanes = createLanes(ports, () => {
    for (const wake of wakers) wake()
  })
  const take: Take = (told, cursor) => {
    if (!outbox.queue(told, cursor)) return
    for (const listener of listeners) listener(told.event)
  }
  const takeRuns = runTaker(ports, take)
  const takeStanding = standingTaker(ports, take)
  let tidiedAt = -Infinity
  const tidy = (channels: readonly string[]) => {
    if (clock.uptime() - tidiedAt < tidyMs) return
    outbox.keepOnly(channels, clock.now() - patienceMs)
    tidiedAt = clock.uptime()
  }
  return {
    async look({ settings, lastChecks }) {
      const channels = Object.values(settings.agent.notify)
      await takeRuns(channels)
      await takeStanding(channels, { names: [...settings.components.keys()], lastChecks })
      tidy(channels.map(({ name }) => name))
      return lanes.start(channels)
    },
    onWake: (listener) => void wakers.add(listener),
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => lanes.close(),
  }
}
