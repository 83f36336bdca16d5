import type { Clock } from '../../ports/clock.ts'
import type { Engine, RunDetails } from '../../ports/engine.ts'
import type { Listener, RunEvent } from '../../ports/progress.ts'
import type { Hint, RunProgress } from '../../protocol/api/runs.ts'
import { createHintDesk } from './hints.ts'
import { createMailbox, type Mailbox } from './mailbox.ts'

export interface WatchPorts {
  readonly use: <T>(work: (loaded: { readonly engine: Engine }) => Promise<T>) => Promise<T>
  /** Events of every run in this process, over reloads. */
  subscribe(listener: Listener): () => void
  readonly clock: Clock
  readonly stopping: AbortSignal
  /** Called before pages are told. */
  told?(): void
}

/** A run as the journal has it. `driven`: somebody works on it at this moment, in whatever process. */
export interface Snapshot {
  readonly details: RunDetails
  /** Of its last entry. */
  readonly seq: number
  readonly driven: boolean
}

export type RunSignal =
  | ({ readonly t: 'snapshot' } & Snapshot)
  | ({ readonly t: 'progress' } & RunProgress)
  | ({ readonly t: 'closed' } & Snapshot)

/**
 * What happens to runs, whoever drives them: events of this process, and the journal for what other processes write, looked
 * at while somebody watches. A slow reader loses progress and snapshots that are outdated, never the end.
 */
export interface Watcher {
  /**
   * Begins with a snapshot and ends after `closed`, or with the signal. A stop of the agent asks runs to go back, and who
   * watches one sees that to its end. E_USAGE: there is no such run.
   */
  run(run: string, signal: AbortSignal): AsyncGenerator<RunSignal, void>
  /** The run as it is now. E_USAGE: there is no such run. */
  once(run: string): Promise<Snapshot>
  /** Ends with the signal, or when the agent stops. */
  hints(signal: AbortSignal): AsyncGenerator<Hint, void>
  /** Something of that kind is another than before. */
  tell(hint: Hint): void
  /** Ends all of it, once readers have what they wait for, or a moment later. */
  close(): Promise<void>
}

/** One run that is watched. Reads of it are shared by all of its readers. */
interface Feed {
  readonly readers: Set<Mailbox<RunSignal>>
  last: Snapshot | null
  /** `again`: something happened while it was read. */
  reading: 'no' | 'yes' | 'again'
}

const lookMs = 500
/** Who reads a run is told of its end before the agent is gone. */
const closeMsMax = 1000
const closeLookMs = 20
/** That a driver died writes nothing: who holds the lock is asked now and then. */
const slowEvery = 8

export function createWatcher(ports: WatchPorts): Watcher {
  const { use, clock, stopping } = ports
  const feeds = new Map<string, Feed>()
  const desk = createHintDesk(() => ports.told?.())
  const closing = new AbortController()
  let looking: AbortController | null = null

  const refresh = async (run: string, feed: Feed): Promise<void> => {
    if (feed.reading !== 'no') {
      feed.reading = 'again'
      return
    }
    try {
      do {
        feed.reading = 'yes'
        const next = await use(async ({ engine }) => snapshotOf(engine, run))
        if (isSame(feed.last, next)) continue
        feed.last = next
        for (const reader of feed.readers) deliver(reader, next)
      } while (wasAskedAgain(feed))
    } catch (error) {
      for (const reader of feed.readers) reader.fail(error)
    } finally {
      feed.reading = 'no'
    }
  }
  const refreshAll = () => {
    for (const [run, feed] of feeds) void refresh(run, feed)
  }

  /** Only while somebody watches: an agent that nobody looks at touches no disk. */
  const look = async (signal: AbortSignal): Promise<void> => {
    let seen: { engine: Engine; stamp: number } | null = null
    for (let round = 0; !signal.aborted; round++) {
      const isSlow = round % slowEvery === 0
      const changed = await use(async ({ engine }) => {
        const now = { engine, stamp: engine.stamp() }
        const same = seen?.engine === now.engine && seen.stamp === now.stamp
        if (seen !== null && seen.engine !== engine) desk.tell({ kind: 'settings' })
        seen = now
        if (desk.isWatched() && (!same || isSlow || desk.isStale())) await desk.compare(engine)
        return !same
      }).catch(() => false)
      if (changed || isSlow) refreshAll()
      await clock.sleep(lookMs, signal).catch(() => {})
    }
  }
  const begin = () => {
    if (looking !== null) return
    looking = new AbortController()
    void look(AbortSignal.any([looking.signal, closing.signal]))
  }
  const end = () => {
    if (feeds.size > 0 || desk.isWatched()) return
    looking?.abort()
    looking = null
  }

  ports.subscribe((event) => {
    if (event.t === 'opened' || event.t === 'closed') desk.stale()
    const feed = feeds.get(event.run)
    if (feed === undefined) return
    if (event.t === 'progress') for (const reader of feed.readers) reader.put('progress', progressOf(event))
    else void refresh(event.run, feed)
  })

  return {
    async *run(run, client) {
      const signal = AbortSignal.any([client, closing.signal])
      const reader = createMailbox<RunSignal>(signal)
      // The last of the feed may be a moment old: what was written since is found by the read that follows.
      const feed = feeds.get(run) ?? { readers: new Set(), last: null, reading: 'no' }
      feeds.set(run, feed)
      feed.readers.add(reader)
      begin()
      try {
        if (feed.last !== null) deliver(reader, feed.last)
        void refresh(run, feed)
        for (;;) {
          const next = await reader.take()
          if (next === null) return
          yield next
          if (next.t === 'closed') return
        }
      } finally {
        feed.readers.delete(reader)
        if (feed.readers.size === 0) feeds.delete(run)
        end()
      }
    },
    once: async (run) => feeds.get(run)?.last ?? use(async ({ engine }) => snapshotOf(engine, run)),
    async *hints(client) {
      const reader = createMailbox<Hint>(AbortSignal.any([client, stopping]))
      const leave = desk.watch(reader)
      begin()
      try {
        for (let hint = await reader.take(); hint !== null; hint = await reader.take()) yield hint
      } finally {
        leave()
        end()
      }
    },
    tell: desk.tell,
    async close() {
      const untilEmpty = async () => {
        while (feeds.size > 0) await clock.sleep(closeLookMs, closing.signal)
      }
      const over = new AbortController()
      await Promise.race([untilEmpty(), clock.sleep(closeMsMax, over.signal)]).catch(() => {})
      over.abort()
      closing.abort()
    },
  }
}

async function snapshotOf(engine: Engine, run: string): Promise<Snapshot> {
  const details = await engine.show(run)
  const driven = details.closed === null && (await engine.holder(details.component)) !== null
  return { details, seq: details.entries.at(-1)?.seq ?? 0, driven }
}

function isSame(last: Snapshot | null, next: Snapshot): boolean {
  return last !== null && last.seq === next.seq && last.driven === next.driven
}

function wasAskedAgain(feed: Feed): boolean {
  return feed.reading === 'again'
}

function deliver(reader: Mailbox<RunSignal>, snapshot: Snapshot): void {
  reader.put('snapshot', { t: 'snapshot', ...snapshot })
  if (snapshot.details.closed !== null) reader.put('closed', { t: 'closed', ...snapshot })
}

function progressOf(event: Extract<RunEvent, { readonly t: 'progress' }>): RunSignal {
  const { step, doneBytes, totalBytes, message } = event
  return { t: 'progress', index: step, done_bytes: doneBytes, total_bytes: totalBytes, message }
}
