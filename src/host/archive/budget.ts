import type { ArchiveLimits } from './limits.ts'
import { hostileArchive, tooLarge } from './problems.ts'

/** Counts what comes out of the decoder against what went in, so that a bomb is refused while it is still small. */
export class Budget {
  readonly #limits: ArchiveLimits
  #expanded = 0

  constructor(limits: ArchiveLimits) {
    this.#limits = limits
  }

  /** `compressedBytes`: all that was read of the archive so far. */
  spend(expandedBytes: number, compressedBytes: number): void {
    this.#expanded += expandedBytes
    this.#assertTotal(this.#expanded)
    const { ratioMax, ratioFromBytes } = this.#limits
    if (this.#expanded > ratioFromBytes && this.#expanded > ratioMax * compressedBytes) {
      throw hostileArchive(`expands to more than ${ratioMax} times its size`)
    }
  }

  /** A size that an entry states: refused before any of it is written. */
  announce(entryBytes: number): void {
    this.#assertTotal(this.#expanded + entryBytes)
  }

  #assertTotal(bytes: number): void {
    const { totalBytesMax } = this.#limits
    if (bytes > totalBytesMax) throw tooLarge('more bytes than allowed', 'totalBytesMax', totalBytesMax)
  }
}
