import type { Context } from './context.ts'

export type Ended<T> = { readonly t: 'done'; readonly value: T } | { readonly t: 'left' }

/**
 * Runs work that can be asked to go back. The first request to stop aborts the signal and says so; the second leaves
 * at once: the work is still under way then, so the caller must end the process, and the journal holds the rest.
 */
export async function interruptible<T>(context: Context, work: (signal: AbortSignal) => Promise<T>): Promise<Ended<T>> {
  const asked = new AbortController()
  const left = Promise.withResolvers<Ended<T>>()
  const forget = context.io.onInterrupt(() => {
    if (asked.signal.aborted) {
      context.complain.lines.print([
        'Left as it is. The journal knows how far it came; run belay resume to finish or undo it.',
      ])
      left.resolve({ t: 'left' })
    } else {
      context.talk.lines.print([
        'Stopping: what was done is being undone. Press Ctrl-C again to leave at once and let belay resume do it later.',
      ])
      asked.abort()
    }
  })
  try {
    return await Promise.race([work(asked.signal).then((value): Ended<T> => ({ t: 'done', value })), left.promise])
  } finally {
    forget()
  }
}
