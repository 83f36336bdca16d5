import type { Loaded } from './ports.ts'

/**
 * The config that holds now. What began under an older one ends under it: its engine is closed when the last one that
 * uses it is done, so that a reload waits for no run and no run sees a reload.
 */
export interface Generations {
  readonly use: <T>(work: (loaded: Loaded) => Promise<T>) => Promise<T>
  swap(next: Loaded): void
  /** When nobody uses it any more. */
  close(): void
}

interface Generation {
  readonly loaded: Loaded
  users: number
  retired: boolean
  closed: boolean
}

export function createGenerations(first: Loaded): Generations {
  const begin = (loaded: Loaded): Generation => ({ loaded, users: 0, retired: false, closed: false })
  // Readers that are still there when the agent stops read what it knows, once more.
  const closeUnused = (generation: Generation) => {
    if (!generation.retired || generation.users > 0 || generation.closed) return
    generation.closed = true
    generation.loaded.engine.close()
  }
  const retire = (generation: Generation) => {
    generation.retired = true
    closeUnused(generation)
  }
  let current = begin(first)
  return {
    async use(work) {
      const generation = current
      generation.users++
      try {
        return await work(generation.loaded)
      } finally {
        generation.users--
        closeUnused(generation)
      }
    },
    swap(next) {
      const before = current
      current = begin(next)
      retire(before)
    },
    close: () => retire(current),
  }
}
