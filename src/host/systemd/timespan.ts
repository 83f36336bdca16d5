const units: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
}

/** `1min 30s`, as systemctl shows times. null: `infinity`, or no time at all. */
export function timespanMs(text: string): number | null {
  const words = text.trim().split(/\s+/)
  let sum = 0
  for (const word of words) {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(word) ?? []
    const factor = unit === '' ? (number === '0' ? 0 : undefined) : units[unit]
    if (number === undefined || factor === undefined) return null
    sum += Number(number) * factor
  }
  return Math.round(sum)
}
