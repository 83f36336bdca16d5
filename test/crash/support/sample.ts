import { createHash } from 'node:crypto'

/** `all` runs everything (`npm run test:crash`); otherwise a sample that `BELAY_SEED` decides. */
export const whole = process.env['BELAY_CRASH'] === 'all'
export const seed = process.env['BELAY_SEED'] ?? '1'

/** All of them, or `count` that the seed picks: the same seed, the same sample. */
export function seeded<T>(items: readonly T[], count: number, label: string, shuffleOnly = false): readonly T[] {
  if (whole && !shuffleOnly) return items
  const rank = (i: number) => createHash('sha256').update(`${seed}/${label}/${i}`).digest('hex')
  return items
    .map((item, i) => ({ item, rank: rank(i) }))
    .toSorted((a, b) => a.rank.localeCompare(b.rank))
    .slice(0, count)
    .map(({ item }) => item)
}
