import { wants } from '../core/notify/channel.ts'
import { isUrgent } from '../core/notify/event.ts'
import { runEndOf } from '../core/notify/run-end.ts'
import type { NumberedRun } from '../ports/journal.ts'
import type { ChannelSettings } from '../protocol/settings.ts'
import type { NotifyPorts, Take } from './notify-ports.ts'

const cursorName = 'runs'
const pageMax = 100

/**
 * Runs from the journal, whoever made them, each end once. The cursor stays before the first run that may still end in
 * another way; those after it are known by their names. What was there before the first start is not told.
 */
export function runTaker(
  { clock, journal, outbox }: Pick<NotifyPorts, 'clock' | 'journal' | 'outbox'>,
  take: Take,
): (channels: readonly ChannelSettings[]) => Promise<void> {
  /** Ends that were told since the start, of runs after the cursor: their entries need not be read again. */
  const told = new Map<number, string>()
  const tell = async (run: NumberedRun, channels: readonly ChannelSettings[], cursor: number | null) => {
    const telling = runEndOf(await journal.read(run.run))
    if (telling === null) return cursor === null ? undefined : outbox.moveCursor(cursorName, cursor)
    const { key, event } = telling
    const names = channels.filter((channel) => wants(channel, event)).map(({ name }) => name)
    const queued = { key, event, at: clock.now(), channels: names, ready: isUrgent(event.kind), onceInAll: true }
    take(queued, cursor === null ? undefined : { name: cursorName, position: cursor })
  }
  return async (channels) => {
    const last = await journal.lastNumber()
    const cursor = outbox.cursor(cursorName)
    // A first start, or a journal that was begun anew.
    if (cursor === null || cursor > last) return outbox.moveCursor(cursorName, last)
    let [at, final] = [cursor, true]
    while (at < last) {
      const page = await journal.after(at, pageMax)
      if (page.length === 0) return
      for (const run of page) {
        at = run.number
        final &&= run.outcome !== null && run.outcome !== 'stuck'
        if (run.outcome === null || told.get(at) === run.outcome) continue
        await tell(run, channels, final ? at : null)
        told.set(at, run.outcome)
        if (final) told.clear()
      }
    }
  }
}
