import type { StrategyContext } from '../ports/strategy.ts'

/** What one look at a component asks for at most once, however many ask. */
export function remembering(): StrategyContext['once'] {
  const begun = new Map<string, Promise<unknown>>()
  return <T>(what: string, work: () => Promise<T>) => {
    const known = begun.get(what)
    if (known !== undefined) return known as Promise<T>
    const promise = work()
    // Whoever asks for it gets its failure; when nobody does, it is none.
    promise.catch(() => {})
    begun.set(what, promise)
    return promise
  }
}
