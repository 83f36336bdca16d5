import type { RunProgress, RunView } from '../../api/types.ts'
import type { ServerEvent } from '../../api/sse.ts'

/** A run as it is known here, between two looks at it. */
export interface Following {
  readonly run: RunView | null
  /** By the index of the step. Lossy: a step's end says nothing of it. */
  readonly progress: ReadonlyMap<number, RunProgress>
  readonly closed: boolean
}

export const nothingYet: Following = { run: null, progress: new Map(), closed: false }

/** What is known after an event. One that is older than what is shown, as after a lost connection, changes nothing. */
export function after(now: Following, { event, data }: Pick<ServerEvent, 'event' | 'data'>): Following {
  switch (event) {
    case 'snapshot': {
      const run = JSON.parse(data) as RunView
      if (now.run !== null && run.seq < now.run.seq) return now
      return { ...now, run, progress: stillRunning(run, now.progress) }
    }
    case 'progress': {
      const progress = JSON.parse(data) as RunProgress
      return { ...now, progress: new Map(now.progress).set(progress.index, progress) }
    }
    case 'closed': {
      // It brings the run as it ended.
      const last = after(now, { event: 'snapshot', data })
      return { ...last, closed: true }
    }
    default:
      // An event of a newer agent.
      return now
  }
}

function stillRunning(run: RunView, progress: ReadonlyMap<number, RunProgress>): ReadonlyMap<number, RunProgress> {
  const running = new Set(run.steps.filter(({ state }) => state === 'running').map(({ index }) => index))
  return new Map([...progress].filter(([index]) => running.has(index)))
}
