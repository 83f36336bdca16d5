import { type Shares, type Slot, otherSlot } from '../../core/traffic/slots.ts'

/** How long a slot that was just left may still be asked when the one that serves now refuses. */
export const leftMs = 60_000

/** Who gets the next one: `chance` is drawn from [0, 1). null: nobody is served. */
export function pick({ blue, green }: Shares, chance: number): Slot | null {
  if (blue + green === 0) return null
  return chance * (blue + green) < blue ? 'blue' : 'green'
}

export interface Left {
  readonly slot: Slot
  readonly until: number
}

/** What a change of shares leaves behind: a slot that was served and no longer is. */
export function leftBy(before: Shares, after: Shares, now: number): Left | null {
  const slot = (['blue', 'green'] as const).find((one) => before[one] > 0 && after[one] === 0)
  return slot === undefined ? null : { slot, until: now + leftMs }
}

/**
 * Who may be asked instead of a slot that refused the connection. Nobody is ever sent to a slot that is being made ready: only one
 * that gets a share, or that was served until a moment ago.
 */
export function instead(of: Slot, shares: Shares, left: Left | null, now: number): Slot | null {
  const other = otherSlot(of)
  if (shares[other] > 0) return other
  return left?.slot === other && now < left.until ? other : null
}
