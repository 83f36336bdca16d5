import type { Slot } from '../../core/traffic/slots.ts'

export type Kind = 'requests' | 'streams'

export type OpenAt = Readonly<Record<Slot, Readonly<Record<Kind, number>>>>

/** What goes through to each slot at this moment. Connections that are kept for later are none of it. */
export class Load {
  readonly #open = { blue: { requests: 0, streams: 0 }, green: { requests: 0, streams: 0 } }

  /** How many ever began. */
  begun = 0

  get open(): OpenAt {
    return { blue: { ...this.#open.blue }, green: { ...this.#open.green } }
  }

  /** Returns what ends it; a second call of that does nothing. */
  begin(slot: Slot, kind: Kind): () => void {
    this.#open[slot][kind] += 1
    this.begun += 1
    let over = false
    return () => {
      if (!over) this.#open[slot][kind] -= 1
      over = true
    }
  }
}
