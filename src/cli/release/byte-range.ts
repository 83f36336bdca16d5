export type ByteRange =
  | { readonly kind: 'whole' }
  /** Both ends are in it. */
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'outside' }

interface RangeQuestion {
  readonly range: string | undefined
  readonly ifRange: string | undefined
  readonly etag: string
  readonly modifiedMs: number
  readonly bytes: number
}

/** RFC 9110 §14.2: one range; several, or one that is not understood, may be answered with the whole. */
export function byteRange(question: RangeQuestion): ByteRange {
  const { range, bytes } = question
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '')
  if (match === null || !stillTheSame(question)) return { kind: 'whole' }
  const [first = '', last = ''] = match.slice(1)
  if (first === '' && last === '') return { kind: 'whole' }
  const start = first === '' ? Math.max(bytes - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (first !== '' && last !== '' && Number(last) < start) return { kind: 'whole' }
  return start >= bytes || (first === '' && Number(last) === 0) ? { kind: 'outside' } : { kind: 'part', start, end }
}

/** A weak tag never matches here (§13.1.5); a date has whole seconds. */
function stillTheSame({ ifRange, etag, modifiedMs }: RangeQuestion): boolean {
  if (ifRange === undefined || ifRange === etag) return true
  return Date.parse(ifRange) === Math.floor(modifiedMs / 1000) * 1000
}
