import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Host } from './host.ts'

/** The network between a browser and a host. A browser that is told to be offline keeps the connections it has. */
export class Wire {
  readonly url: string
  private readonly server: ReturnType<typeof createServer>
  private readonly sockets: Set<Socket>
  private whole = true

  private constructor(url: string, server: ReturnType<typeof createServer>, sockets: Set<Socket>) {
    this.url = url
    this.server = server
    this.sockets = sockets
  }

  static async to(host: Host): Promise<Wire> {
    const sockets = new Set<Socket>()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const wire = new Wire(`http://127.0.0.1:${port}`, server, sockets)
    server.on('connection', (near) => wire.carry(near, Number(new URL(host.url).port)))
    return wire
  }

  private carry(near: Socket, port: number): void {
    if (!this.whole) {
      near.resetAndDestroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.sockets.delete(one)
        other.destroy()
      })
    }
  }

  cut(): void {
    this.whole = false
    for (const socket of this.sockets) socket.destroy()
  }

  mend(): void {
    this.whole = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.server.close()
    await once(this.server, 'close')
  }
}
