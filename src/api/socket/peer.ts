import type { RequestHead } from '../../ports/access.ts'
import type { Line } from '../../ports/line.ts'
import { everyone, type SocketBody, type SocketMessage, type SocketSubject } from '../../protocol/ws/messages.ts'

/** Beyond this a side that reads too slowly misses what only tells how far something is. */
const lossyBytesMax = 64 * 1024
/** Beyond this it is cut off: it can ask anew when it is back. */
const waitingBytesMax = 1024 * 1024

/** Whoever is at the other end of a line. */
export interface Peer {
  readonly line: Line
  /** Of the upgrade: who it was let in as is asked again with it, each time. */
  readonly head: RequestHead
  /** What it called the component whose run it began. */
  readonly names: Map<string, string>
  /** Requests that are not answered yet. */
  asking: number
}

/** `to`: the `connectionId` of who asked; null: it named none, or nobody asked. */
export function say<S extends SocketSubject>(
  peer: Peer,
  subject: S,
  body: SocketBody<S>,
  to: string | null = null,
): void {
  const { line } = peer
  if (line.waitingBytes > waitingBytesMax) return line.drop()
  if (line.waitingBytes > lossyBytesMax && isLossy(subject)) return
  line.send(textOf(subject, body, to))
}

export function textOf<S extends SocketSubject>(subject: S, body: SocketBody<S>, to: string | null): string {
  const message = { subject, source: 'controller', destination: to ?? everyone, body } as const
  return JSON.stringify(message satisfies Record<keyof SocketMessage, unknown>)
}

/** What the next of its kind, or the end, says again. */
function isLossy(subject: SocketSubject): boolean {
  switch (subject) {
    case 'updater_progress':
    case 'heartbeat':
    case 'error':
      return true
    case 'update_check_result':
    case 'update_result':
    case 'update_available':
    case 'system_info':
    case 'log':
      return false
  }
}
