import type { Context } from './context.ts'
import { LeftBehind } from './left-behind.ts'

/**
 * Runs work that can be asked to go back. The first request to stop aborts the signal and says so; the second rejects
 * with LeftBehind at once: the caller must end the process, and the journal holds the rest.
 */
export async function interruptible<T>(context: Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const asked = new AbortController()
  const left = Promise.withResolvers<never>()
  const forget = context.io.onInterrupt(() => {
    if (asked.signal.aborted) {
      left.reject(new LeftBehind())
    } else {
      context.talk.lines.print([
        'Stopping: what was done is being undone. Press Ctrl-C again to leave at once and let belay resume do it later.',
      ])
      asked.abort()
    }
  })
  try {
    return await Promise.race([work(asked.signal), left.promise])
  } finally {
    forget()
  }
}
