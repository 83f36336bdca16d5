import { ApiProblem } from './problem.ts'
import { type ServerEvent, serverEvents } from './sse.ts'

export interface FollowPorts {
  /** Rejects with ApiProblem when there is nothing to follow: then it is not tried again. */
  readonly open: (after: string | null, signal: AbortSignal) => Promise<Response>
  /** true: that was the last event. */
  readonly onEvent: (event: ServerEvent) => boolean
  readonly onOpen: () => void
  /** `ended`: the agent closed it in order, as it does when it stops; else it broke, or could not be opened. */
  readonly onLost: (ended: boolean) => void
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** From 0 to 1: so that many pages do not all come back at once. */
  readonly chance: () => number
}

/** The agent sends a comment now and then; a connection that is silent for longer is dead, whatever the network says. */
const silenceMsMax = 60_000
const waitMsMax = 15_000

/** How long to wait before the attempt after `failures` in a row, milliseconds. */
export function backoffMs(failures: number, chance: number): number {
  return Math.min(waitMsMax, 500 * 2 ** Math.min(failures, 10)) * (0.5 + chance / 2)
}

/** Follows events over lost connections, from the last one that was seen, until the last one came or `signal` aborts. */
export async function follow(ports: FollowPorts, signal: AbortSignal): Promise<void> {
  let after: string | null = null
  let failures = 0
  const once = async (): Promise<boolean> => {
    const silent = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const alive = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMsMax)
    }
    try {
      alive()
      const { body } = await ports.open(after, AbortSignal.any([signal, silent.signal]))
      if (body === null) return false
      failures = 0
      ports.onOpen()
      for await (const event of serverEvents(body, alive)) {
        after = event.id
        if (ports.onEvent(event)) return true
      }
      return false
    } finally {
      clearTimeout(timer)
    }
  }
  while (!signal.aborted) {
    let ended = false
    try {
      if (await once()) return
      ended = true
    } catch (error) {
      if (error instanceof ApiProblem && !error.document.retryable && error.document.status < 500) throw error
    }
    if (signal.aborted) return
    ports.onLost(ended)
    await ports.wait(backoffMs(failures, ports.chance()), signal)
    failures += 1
  }
}
