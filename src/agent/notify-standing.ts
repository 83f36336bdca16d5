import type { ComponentName } from '../core/model/names.ts'
import { wants } from '../core/notify/channel.ts'
import { offerOf, silenceOf, type Telling } from '../core/notify/standing.ts'
import type { CheckReport } from '../ports/engine.ts'
import type { ChannelSettings } from '../protocol/settings.ts'
import type { NotifyPorts, Take } from './notify-ports.ts'
import type { Loaded } from './ports.ts'

interface Checked {
  readonly names: readonly ComponentName[]
  readonly lastChecks: Loaded['lastChecks']
}

type Channels = readonly ChannelSettings[]

/**
 * What the last checks found, whoever made them. It holds until something changes, so a channel that comes later is told
 * of it too.
 */
export function standingTaker(
  { clock, journal, outbox }: Pick<NotifyPorts, 'clock' | 'journal' | 'outbox'>,
  take: Take,
): (channels: Channels, checked: Checked) => Promise<void> {
  /** What was taken last, by component and channels: it need not be looked up every minute. */
  const taken = new Map<string, string>()
  const takeOnce = (about: string, { key, event }: Telling, channels: readonly string[]): void => {
    const what = JSON.stringify([key, channels])
    if (taken.get(about) === what) return
    take({ key, event, at: clock.now(), channels, ready: false, onceInAll: false })
    taken.set(about, what)
  }
  const takeOffer = async (channels: Channels, component: ComponentName, check: CheckReport): Promise<void> => {
    const [run] = await journal.runs({ component, limit: 1 })
    // While one is under way what it brings is no news.
    if (run !== undefined && run.closedAt === null) return
    const offer = offerOf(component, check, run?.closedAt ?? null)
    if (offer === null) return
    const names = channels.filter((channel) => wants(channel, offer.event)).map(({ name }) => name)
    takeOnce(component, offer, names)
  }
  const takeSilence = (channels: Channels, component: ComponentName, check: CheckReport): void => {
    const now = clock.now()
    const firstFailed = check.last_checked === null ? outbox.firstNoted(`never answered ${component}`, now) : now
    for (const channel of channels) {
      const silence = silenceOf(component, check, { firstFailed, afterMs: channel.checkFailingMs, now })
      if (silence === null || !wants(channel, silence.event)) continue
      takeOnce(`${component} ${channel.name}`, silence, [channel.name])
    }
  }
  return async (channels, { names, lastChecks }) => {
    for (const name of names) {
      const check = lastChecks.get(name)
      if (check === null) continue
      if (check.error !== null) takeSilence(channels, name, check)
      else if (check.update_available) await takeOffer(channels, name, check)
    }
  }
}
