import { watcherLeaves } from '../core/self/watcher.ts'
import type { ComponentName } from '../core/model/names.ts'
import { fail } from '../core/model/problem.ts'
import type { Listener } from '../ports/progress.ts'
import type { Settings } from '../protocol/settings.ts'
import type { Generations } from './generations.ts'
import type { Inside, Loaded } from './ports.ts'

/** What others may ask to go back, by component: at most one run of each goes on here. */
export interface Cancels {
  /** As `signal`, and it aborts when the run of that component is cancelled. */
  during<T>(component: ComponentName, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** false: none goes on here. */
  readonly cancel: (component: ComponentName) => boolean
}

export function createCancels(): Cancels {
  const going = new Map<ComponentName, Set<AbortController>>()
  return {
    async during(component, signal, work) {
      const control = new AbortController()
      const all = going.get(component) ?? new Set()
      going.set(component, all.add(control))
      try {
        return await work(AbortSignal.any([signal, control.signal]))
      } finally {
        all.delete(control)
        if (all.size === 0) going.delete(component)
      }
    },
    cancel(component) {
      const all = going.get(component)
      for (const control of all ?? []) control.abort(watcherLeaves('cancel'))
      return all !== undefined
    },
  }
}

/** The agent as its doors see it. `attach` each config that is loaded; `ended` resolves when no run of a door goes on. */
export interface Doors {
  readonly inside: Inside
  attach(loaded: Loaded): void
  ended(): Promise<void>
}

export function createDoors(
  generations: Generations,
  cancels: Cancels,
  stopping: AbortSignal,
  reload: Inside['reload'],
): Doors {
  const listeners = new Set<Listener>()
  const watchers: ((settings: Settings) => void)[] = []
  const runs = new Set<Promise<unknown>>()
  return {
    inside: {
      use: generations.use,
      async run(component, work) {
        if (stopping.aborted) throw stoppingNow()
        const run = generations.use((loaded) => cancels.during(component, stopping, (signal) => work(loaded, signal)))
        runs.add(run)
        try {
          return await run
        } finally {
          runs.delete(run)
        }
      },
      cancel: cancels.cancel,
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      reload,
      onLoaded: (watcher) => void watchers.push(watcher),
      stopping,
    },
    attach({ engine, settings }) {
      engine.subscribe((event) => {
        for (const listener of listeners) listener(event)
      })
      for (const watcher of watchers) watcher(settings)
    },
    async ended() {
      while (runs.size > 0) await Promise.allSettled(runs)
    },
  }
}

function stoppingNow(): Error {
  return fail('E_STOPPING', 'The agent is stopping, so nothing new is begun.', {
    hint: 'Try again when it answers again.',
    retryable: true,
  })
}
