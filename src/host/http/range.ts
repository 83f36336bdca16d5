import type { Headers } from './types.ts'

export type RangeAnswer =
  /** The body begins at `offset`. */
  | { readonly kind: 'body'; readonly offset: number; readonly totalBytes: number | null }
  /** Everything is there already. */
  | { readonly kind: 'complete'; readonly totalBytes: number }
  /** The file is not what the range was asked of: ask for all of it. */
  | { readonly kind: 'restart' }
  | { readonly kind: 'wrong'; readonly what: string }
  | { readonly kind: 'error' }

/** What an answer to `Range: bytes=<offset>-` means (RFC 9110 §14). Without a range, `offset` is 0. */
export function readRange(status: number, headers: Headers, offset: number): RangeAnswer {
  if (status === 200) return { kind: 'body', offset: 0, totalBytes: count(headers['content-length']) }
  if (status === 206) return partial(headers, offset)
  if (status === 416 && offset > 0) {
    const total = count(/^bytes \*\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1])
    return total === offset ? { kind: 'complete', totalBytes: total } : { kind: 'restart' }
  }
  return { kind: 'error' }
}

function partial(headers: Headers, offset: number): RangeAnswer {
  const range = headers['content-range'] ?? ''
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range)
  const [start, end] = [count(match?.[1]), count(match?.[2])]
  if (start === null || end === null) return { kind: 'wrong', what: 'answers a range without saying which' }
  if (start !== offset)
    return { kind: 'wrong', what: `answers with bytes from ${start} when asked for those from ${offset}` }
  const total = count(match?.[3])
  if (total !== null && end !== total - 1) return { kind: 'wrong', what: 'answers with less than the rest of the file' }
  return { kind: 'body', offset, totalBytes: total ?? end + 1 }
}

function count(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return null
  return Number(text)
}
