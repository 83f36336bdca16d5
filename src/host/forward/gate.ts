/**
 * Holds back what is new. Whatever becomes of whoever closed it, it opens by itself: a queue that nobody lets go is an outage.
 */
export class Gate {
  #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | null = null

  get held(): boolean {
    return this.#timer !== null
  }

  /** Calls back at once while it is open, and otherwise in the order of arrival when it opens. */
  pass(through: () => void): void {
    if (this.#timer === null) through()
    else this.#waiting.push(through)
  }

  hold(limitMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.release(), limitMs)
  }

  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const through of this.#waiting.splice(0)) through()
  }
}
