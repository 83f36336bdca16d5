export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [below = Number.NaN, above = Number.NaN] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]]
  return (below + above) / 2
}

/** The median, and the middle half behind it: `44 ms (40–46)`. */
export function summary(values: readonly number[], unit: string, show: (value: number) => string): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => show(sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN)
  return `${show(median(values))} ${unit} (${at(0.25)}–${at(0.75)})`
}
