export const units = ['s', 'm', 'h', 'd'] as const
export type Unit = (typeof units)[number]

export interface Span {
  readonly count: number
  readonly unit: Unit
}

const seconds: Readonly<Record<Unit, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `24h` of the config; null: it is written in another way. */
export function parseSpan(text: string): Span | null {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const known = units.find((one) => one === unit)
  return count === undefined || known === undefined ? null : { count: Number(count), unit: known }
}

export function writeSpan({ count, unit }: Span): string {
  return `${count}${unit}`
}

export function spanSeconds({ count, unit }: Span): number {
  return count * seconds[unit]
}

/** `24h` and `1d` are the same. */
export function sameSpan(a: string, b: string): boolean {
  const [one, other] = [parseSpan(a), parseSpan(b)]
  return one === null || other === null ? a === b : spanSeconds(one) === spanSeconds(other)
}
