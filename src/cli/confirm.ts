import type { Context } from './context.ts'

/** A person is there to answer, and standard output is not a program's. */
export function canConfirm(context: Context): boolean {
  return context.io.canAsk && context.io.stdout.isTTY === true && !context.json
}

/** One question; Enter means yes. Ctrl-C and the end of the input mean no. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  const stop = new AbortController()
  const forget = context.io.onInterrupt(() => stop.abort())
  try {
    const answer = await context.io.ask(question, stop.signal)
    return answer !== null && /^\s*(y|yes|j|ja)?\s*$/i.test(answer)
  } catch (error) {
    if (!stop.signal.aborted) throw error
    context.talk.lines.print([''])
    return false
  } finally {
    forget()
  }
}
