/**
 * What waits for one reader. Of things with the same key only the newest waits, so that a slow reader costs no more than a
 * fast one: it misses what is outdated, and never the last.
 */
export interface Mailbox<T> {
  put(key: string, item: T): void
  /** The reader gets it as an error, after what waits already. */
  fail(error: unknown): void
  /** null: the signal aborted. */
  take(): Promise<T | null>
}

export function createMailbox<T>(signal: AbortSignal): Mailbox<T> {
  const waiting = new Map<string, T>()
  let failed: { readonly error: unknown } | null = null
  let arrived = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => arrived.resolve(), { once: true })
  return {
    put(key, item) {
      // Behind what came before it: the reader sees things in the order in which they were last told.
      waiting.delete(key)
      waiting.set(key, item)
      arrived.resolve()
    },
    fail(error) {
      failed ??= { error }
      arrived.resolve()
    },
    async take() {
      for (;;) {
        if (signal.aborted) return null
        for (const [key, item] of waiting) {
          waiting.delete(key)
          return item
        }
        if (failed !== null) throw failed.error
        arrived = Promise.withResolvers()
        await arrived.promise
      }
    },
  }
}
