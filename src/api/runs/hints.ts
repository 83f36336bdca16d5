import type { Engine } from '../../ports/engine.ts'
import type { Hint } from '../../protocol/api/runs.ts'
import type { Mailbox } from './mailbox.ts'

/** Finds out what is another than before, for pages that show it. */
export interface HintDesk {
  watch(reader: Mailbox<Hint>): () => void
  isWatched(): boolean
  readonly tell: (hint: Hint) => void
  /** Something happened in this process: the next look compares. */
  stale(): void
  isStale(): boolean
  /** Tells what is another than at the last comparison. */
  compare(engine: Engine): Promise<void>
}

/** Enough to see what begins and ends between two looks. */
const runsLooked = 5

/** `told` is called before anybody is told. */
export function createHintDesk(told: () => void): HintDesk {
  const readers = new Set<Mailbox<Hint>>()
  let stale = false
  let known: ReadonlyMap<string, string> | null = null
  const tell = (hint: Hint) => {
    told()
    for (const reader of readers) reader.put(`${hint.kind} ${hint.name ?? ''}`, hint)
  }
  return {
    watch(reader) {
      readers.add(reader)
      return () => {
        readers.delete(reader)
        if (readers.size === 0) known = null
      }
    },
    isWatched: () => readers.size > 0,
    tell,
    stale: () => (stale = true),
    isStale: () => stale,
    async compare(engine) {
      stale = false
      const now = await seen(engine)
      for (const [key, value] of now) {
        if (known === null || known.get(key) === value) continue
        const [what, name = ''] = key.split(' ')
        if (what === 'run') {
          tell({ kind: 'runs' })
        } else {
          tell({ kind: 'notifications' })
        }
        tell({ kind: 'components', name })
      }
      known = now
    },
  }
}

/** What can change without anybody telling: runs, and what checks found. Keys are `run core` and `check core`. */
async function seen(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const now = new Map<string, string>()
  for (const { run, component, phase, outcome } of (await engine.history({ limit: runsLooked })).toReversed())
    now.set(`run ${component}`, `${run} ${phase} ${outcome}`)
  for (const name of engine.components()) {
    const check = engine.lastCheck(name)
    now.set(`check ${name}`, `${check?.last_checked} ${check?.latest} ${check?.error?.code}`)
  }
  return now
}
