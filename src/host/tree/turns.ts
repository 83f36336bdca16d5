import { setImmediate } from 'node:timers/promises'
import { cancelled } from './failures.ts'

const turnMs = 15

/**
 * Long synchronous work, in turns: between two, timers, signals and progress get theirs. Small files are worked on
 * synchronously because a trip through the thread pool costs more than they do.
 */
export class Turns {
  readonly #signal: AbortSignal | null
  #began = performance.now()

  constructor(signal: AbortSignal | null) {
    this.#signal = signal
  }

  /** To be asked often; throws E_CANCELLED once the signal is aborted. */
  async next(): Promise<void> {
    this.#assertWanted()
    if (performance.now() - this.#began < turnMs) return
    await setImmediate()
    this.#began = performance.now()
    this.#assertWanted()
  }

  #assertWanted(): void {
    if (this.#signal?.aborted === true) throw cancelled(this.#signal)
  }
}
