import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net'
import { type Shares, sharesFor } from '../../core/traffic/slots.ts'
import { type Forwarder, startForwarder } from './forwarder.ts'
import type { ForwardMode } from './target.ts'

export interface Front {
  readonly forwarder: Forwarder
  readonly port: number
  readonly route: (shares: Shares) => void
}

/** Slots of one test and the forwarder in front of them. */
export class Stage {
  readonly #endings: (() => unknown)[] = []

  /** Called at the end, the last one first. */
  after(end: () => unknown): void {
    this.#endings.push(end)
  }

  async end(): Promise<void> {
    for (const end of this.#endings.splice(0).toReversed()) await end()
  }

  async slot(handler: RequestListener): Promise<{ server: Server; port: number }> {
    const server = createServer(handler)
    this.after(() => {
      server.closeAllConnections()
      server.close()
    })
    return { server, port: await portOf(server) }
  }

  async tcpSlot(handler: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>()
    const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      handler(socket)
    })
    this.after(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return portOf(server)
  }

  /** Blue is served. */
  async front(blue: number, green: number, mode: ForwardMode = 'http', host = '127.0.0.1'): Promise<Front> {
    const at = (port: number) => ({ host: '127.0.0.1', port })
    const slots = { blue: at(blue), green: at(green) }
    const listen = { host, port: await deadPort() }
    const target = { v: 1, mode, listen, slots, shares: sharesFor('blue', 100) } as const
    const forwarder = await startForwarder(target, null)
    this.after(() => forwarder.close(0))
    return { forwarder, port: listen.port, route: (shares) => forwarder.places.follow({ ...target, shares }) }
  }
}

async function portOf(server: TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer()
  const port = await portOf(server)
  server.close()
  await once(server, 'close')
  return port
}
