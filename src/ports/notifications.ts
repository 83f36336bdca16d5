/** An update that was offered once. `files`: what it would touch; null: its strategy knows no single files. */
export interface Offer {
  readonly component: string
  readonly version: string
  readonly title: string
  readonly description: string | null
  readonly files: readonly string[] | null
}

export interface RecordedOffer extends Offer {
  readonly id: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly dismissedAt: number | null
}

/**
 * Offers that were found, one per component and version however often it is found. Kept until `keepMax` newer ones of the
 * component push it out.
 */
export interface Notifications {
  has(component: string, version: string): boolean
  /** Does nothing where the same is recorded already. */
  record(offer: Offer): void
  /** Newest first. */
  list(): readonly RecordedOffer[]
  /** Says nothing where there is none of that id. */
  dismiss(id: number): void
}
