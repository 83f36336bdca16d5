import type { SteadyClock } from '../../ports/clock.ts'

/** One event as a page gets it. `id` comes back as `Last-Event-ID` when the connection is made again. */
export interface ServerEvent {
  readonly event: string
  readonly id?: number
  readonly data: unknown
}

/** Proxies cut connections on which nothing comes. */
const beatMs = 15_000

interface Stream {
  readonly clock: SteadyClock
  /** Asked before each event and each beat. Throws when the reader may not read any more: the stream ends then. */
  readonly admit: () => Promise<unknown>
  readonly left: () => void
}

/**
 * Server-sent events, as fast as the reader takes them. Ends with the events, or when the reader goes away: `left` is
 * called then, in either case.
 */
export function eventResponse(events: AsyncGenerator<ServerEvent, void>, { clock, admit, left }: Stream): Response {
  const encoder = new TextEncoder()
  const ended = new AbortController()
  let next: Promise<IteratorResult<ServerEvent, void>> | null = null
  const end = () => {
    ended.abort()
    left()
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const waited = new AbortController()
      try {
        next ??= events.next()
        const beat = clock.sleep(beatMs, AbortSignal.any([ended.signal, waited.signal])).catch(() => {})
        const result = await Promise.race([next, beat])
        // At the end there is nothing to tell, and an agent that stops cannot be asked any more.
        if (result?.done !== true) await admit()
        if (result === undefined) {
          if (!ended.signal.aborted) controller.enqueue(encoder.encode(': still here\n\n'))
          return
        }
        next = null
        if (result.done === true) {
          end()
          controller.close()
        } else {
          controller.enqueue(encoder.encode(textOf(result.value)))
        }
      } catch (error) {
        end()
        controller.error(error)
      } finally {
        waited.abort()
      }
    },
    cancel: end,
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // nginx collects answers otherwise.
      'x-accel-buffering': 'no',
    },
  })
}

function textOf({ event, id, data }: ServerEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `event: ${event}\n${head}data: ${JSON.stringify(data)}\n\n`
}
