import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

interface Connection {
  readonly socket: Socket
  /** null: nothing is asked by it. */
  asked: IncomingMessage | 'upgraded' | null
}

/**
 * Room for those who ask, whoever else holds connections open: when there are too many, the oldest one goes that has not
 * asked for anything yet, or has its answer. Where all are being answered the new one is refused.
 */
export function limitConnections(server: Server, connectionsMax: number): void {
  /** In the order in which they came. */
  const open = new Map<string, Connection>()
  server.on('connection', (socket) => {
    const name = nameOf(socket)
    if (open.size >= connectionsMax) {
      const idle = oldestIdle(open)
      if (idle === null) {
        socket.destroy()
        return
      }
      open.delete(idle.name)
      idle.socket.destroy()
    }
    const mine: Connection = { socket, asked: null }
    open.set(name, mine)
    socket.once('close', () => {
      if (open.get(name) === mine) open.delete(name)
    })
  })
  server.on('request', (request, response) => {
    const connection = open.get(nameOf(request.socket))
    if (connection === undefined) return
    connection.asked = request
    response.once('close', () => {
      if (connection.asked === request) connection.asked = null
    })
  })
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    const connection = open.get(nameOf(socket))
    if (connection !== undefined) connection.asked = 'upgraded'
  })
}

/** Under TLS a request has another socket than the connection that was counted, but the same other end. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? ''}`
}

/** A request that is still on its way counts as nothing: whoever sends slowly would keep others out with it. */
function oldestIdle(open: ReadonlyMap<string, Connection>): { readonly name: string; readonly socket: Socket } | null {
  for (const [name, { socket, asked }] of open) {
    if (asked === null || (asked !== 'upgraded' && !asked.complete)) return { name, socket }
  }
  return null
}
