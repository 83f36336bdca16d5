export interface LoadOptions {
  /** `http://127.0.0.1:8080`, without a path. */
  readonly url: string
  /** Left out: until it is told to end. */
  readonly seconds: number
  /** Keep-alive connections that ask `/`, wait `everyMs` and ask again. */
  readonly clients: number
  readonly everyMs: number
  /** How many ask `/slow` for `slowMs`, one after the other. */
  readonly slow: number
  readonly slowMs: number
  /** WebSockets that are held open and say something now and then. */
  readonly streams: number
  /** A file that is made once everybody has begun, for those who cannot hear of it otherwise. */
  readonly started: string
}

/** Told over the channel of whoever started it: everybody has begun; a version was met for the first time, or a way to fail. */
export type LoadMessage = { readonly begun: true } | { readonly met: string }

/** Times in milliseconds, those of events since the load began. */
export interface LoadResult {
  requests: number
  answered: number
  /** By kind: `refused`, `reset`, `timeout`, or a status such as `502`. */
  readonly failed: Record<string, number>
  /** The longest that one of them went without a good answer, from when it was asked for; failures in between are part of it. */
  worstStallMs: number
  /** The longest time in which nobody got one. */
  gapMs: number
  slowestMs: number
  readonly slow: { asked: number; answered: number; readonly failed: Record<string, number> }
  /** `cutAtMs`: when streams ended that we did not end. */
  readonly streams: { opened: number; echoed: number; readonly cutAtMs: number[] }
  /** `worstStallMs`: the longest that one of them had gone without a good answer when that version gave it. */
  readonly versions: Record<string, { answers: number; firstAtMs: number; lastAtMs: number; worstStallMs: number }>
}

export function failures({ failed }: LoadResult): number {
  return Object.values(failed).reduce((sum, count) => sum + count, 0)
}
