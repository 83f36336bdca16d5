/** How the page stands to the agent. `restarting`: it said that it is about to go, or updates itself. */
export type ConnectionState = 'open' | 'lost' | 'restarting'

/** What the page shows of its connection; told by whoever talks to the agent. */
export interface Connection {
  get(): ConnectionState
  subscribe(listener: () => void): () => void
  opened(): void
  lost(): void
  /** The agent will be gone for a moment, on purpose. What is given takes it back: it did not come to that. */
  expectRestart(): () => void
}

export function createConnection(): Connection {
  const listeners = new Set<() => void>()
  let state: ConnectionState = 'open'
  let expected = false
  const become = (next: ConnectionState): void => {
    if (next === state) return
    state = next
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    opened() {
      if (state !== 'open') expected = false
      become('open')
    },
    lost: () => become(expected ? 'restarting' : 'lost'),
    expectRestart() {
      expected = true
      if (state === 'lost') become('restarting')
      return () => {
        if (state === 'open') expected = false
      }
    },
  }
}
