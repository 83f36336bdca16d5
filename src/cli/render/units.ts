const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** 84 kB, 2.1 MB, 18 GB: decimal, two digits where the first one says little. */
export function bytes(count: number): string {
  let value = count
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0
  return `${value.toFixed(digits)} ${byteUnits[unit] ?? 'PB'}`
}

/** 12 ms, 1.4 s, 63 s, 3 min 4 s, 2 h 5 min. */
export function duration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return pair(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}

const spans: readonly (readonly [string, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** "3 days ago", "in 2 hours", "just now"; the text itself when it is no date. */
export function ago(iso: string, now: number): string {
  const at = Date.parse(iso)
  if (Number.isNaN(at)) return iso
  const seconds = Math.round(Math.abs(now - at) / 1000)
  const span = spans.find(([, size]) => seconds >= size)
  if (span === undefined) return 'just now'
  const count = Math.floor(seconds / span[1])
  const words = `${count} ${span[0]}${count === 1 ? '' : 's'}`
  return at <= now ? `${words} ago` : `in ${words}`
}

const two = (value: number) => String(value).padStart(2, '0')

/** 12:03:04 on the reader's clock. */
export function clock(ms: number): string {
  const at = new Date(ms)
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** 2026-11-20 12:03 on the reader's clock; the text itself when it is no date. */
export function moment(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}
