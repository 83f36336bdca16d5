import { type Agent, type ClientRequest, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { SlotAddress } from '../../core/plan/step.ts'

const connectMs = 5000

export interface Outgoing {
  readonly address: SlotAddress
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  /** false: a connection of its own, and `halfOpen` tells whether that may be half-open. */
  readonly agent: Agent | false
  readonly halfOpen: boolean
  /** It is connected: from here on the request may have been seen. Not before is a body sent. */
  readonly connected: () => void
  /** `sent`: whether it may have been seen. */
  readonly failed: (how: { readonly sent: boolean; readonly reused: boolean; readonly error: Error }) => void
}

/** As much as applications take, and more than most: it is for them to refuse. */
export const headerBytesMax = 64 * 1024

/**
 * One request to one slot, tried once. null: node:http can read it, and would not write it (a tab in its path); thrown in the middle
 * of an event, that would be the end of the process and so of everybody's connection.
 */
export function attempt(outgoing: Outgoing): ClientRequest | null {
  try {
    return begun(outgoing)
  } catch {
    return null
  }
}

function begun(outgoing: Outgoing): ClientRequest {
  const { address, method, path, headers, agent, halfOpen, connected, failed } = outgoing
  const { host, port } = address
  const own = () => connect({ host, port, allowHalfOpen: true, noDelay: true })
  const way = halfOpen ? { createConnection: own } : { agent }
  const asked = request({ host, port, method, path, headers, setHost: false, maxHeaderSize: headerBytesMax, ...way })
  let sent = false
  const begin = () => {
    sent = true
    connected()
  }
  asked.once('socket', (socket) => {
    if (!socket.connecting) return begin()
    endUnlessConnected(socket)
    socket.once('connect', begin)
  })
  asked.on('error', (error) => failed({ sent, reused: asked.reusedSocket, error }))
  return asked
}

/**
 * Ends a connection that does not come about in time. A process that stood still for so long finds both at once, the connection and
 * the end of its time: the connection counts.
 */
export function endUnlessConnected(socket: Socket, withinMs = connectMs): void {
  const lost = () => {
    if (socket.connecting) socket.destroy(new Error(`no connection within ${withinMs} ms`))
  }
  const late = setTimeout(() => setImmediate(lost), withinMs)
  for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(late))
}
