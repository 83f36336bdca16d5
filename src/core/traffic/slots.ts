/** The two places of which one serves while the other is made ready. */
export const slots = ['blue', 'green'] as const
export type Slot = (typeof slots)[number]

/** Percent of new connections that each slot gets; together 100, or 0 and 0 where nobody is served. */
export type Shares = Readonly<Record<Slot, number>>

export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue'
}

export function sharesFor(slot: Slot, percent: number): Shares {
  return slot === 'blue' ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent }
}

export const nobody: Shares = { blue: 0, green: 0 }

/** The slot that gets more than the other; null: nobody is served, or both alike. */
export function mainSlot({ blue, green }: Shares): Slot | null {
  if (blue === green) return null
  return blue > green ? 'blue' : 'green'
}
