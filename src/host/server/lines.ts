import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Line } from '../../ports/line.ts'

/** No request of a frontend has a reason to be longer. */
const messageBytesMax = 64 * 1024
const linesMax = 200
/** A side that answered no ping of this long is gone, whatever TCP still believes. */
const silenceMsMax = 30_000
const goodbyeMs = 1000
/** Answers to pings and to nonsense, too, are read by somebody or end the line. */
const waitingBytesMax = 4 * 1024 * 1024

/** WebSocket connections of a server. */
export interface Lines {
  /** Whether one more is taken. */
  readonly full: boolean
  /** Answers the upgrade, which was let in before. A request that is no WebSocket is refused by ws itself. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, use: (line: Line) => void): void
  /** Tells all that it goes away (1001); what does not answer soon is cut off. Resolves when none is open. */
  close(): Promise<void>
}

export function openLines({ silenceMs = silenceMsMax }: { readonly silenceMs?: number } = {}): Lines {
  // Compression costs memory for each connection and lets a small message become a large one.
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: messageBytesMax })
  const alive = new WeakSet<WebSocket>()
  const look = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, silenceMs).unref()
  return {
    get full() {
      return server.clients.size >= linesMax
    },
    accept(request, socket, head, use) {
      server.handleUpgrade(request, socket, head, (opened) => {
        alive.add(opened)
        const heard = () => {
          alive.add(opened)
          if (opened.bufferedAmount > waitingBytesMax) opened.terminate()
        }
        for (const event of ['pong', 'ping', 'message'] as const) opened.on(event, heard)
        // What breaks the protocol is answered and closed by ws itself; `close` follows.
        opened.on('error', () => {})
        use(lineOf(opened))
      })
    },
    async close() {
      clearInterval(look)
      server.close()
      const open = [...server.clients]
      const ended = open.map(async (socket) => once(socket, 'close'))
      for (const socket of open) socket.close(1001, 'the agent goes away')
      const cut = setTimeout(() => {
        for (const socket of open) socket.terminate()
      }, goodbyeMs)
      await Promise.all(ended)
      clearTimeout(cut)
    },
  }
}

function lineOf(socket: WebSocket): Line {
  return {
    get waitingBytes() {
      return socket.bufferedAmount
    },
    send(text) {
      if (socket.readyState === socket.OPEN) socket.send(text)
    },
    close: (code, reason) => socket.close(code, reason),
    drop: () => socket.terminate(),
    onMessage: (listener) => {
      socket.on('message', (data, isBinary) => listener(isBinary || !Buffer.isBuffer(data) ? null : data.toString()))
    },
    onClose: (listener) => {
      socket.on('close', listener)
    },
  }
}
