import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerBytesMax } from './attempt.ts'
import { exchange } from './exchange.ts'
import { Places } from './places.ts'
import { stream } from './stream.ts'
import type { Target } from './target.ts'
import { isUpgrade, upgrade } from './upgrade.ts'

const connectionsMax = 10_000
const backlog = 4096
/**
 * A connection that was idle for so long is ended. Whoever uses it in that very moment loses a request, so it is longer than clients
 * keep theirs.
 */
const idleMs = 120_000
const headersMs = 30_000
/** At its end: until when those who keep connections are told with an answer that they should come anew. */
const tellMs = 1000

export interface Forwarder {
  readonly places: Places
  /** Takes nothing new, finishes requests for as long as `limitMs`, and cuts what is left. */
  close(limitMs: number): Promise<void>
}

/** `fd`: a listening socket that somebody else holds; null: it listens by itself. Errors as listen(2) gives them. */
export async function startForwarder(target: Target, fd: number | null): Promise<Forwarder> {
  const places = new Places(target)
  const connections = new Set<Socket>()
  const server = target.mode === 'http' ? httpServer(places) : tcpServer(places)
  server.maxConnections = connectionsMax
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  const { host, port } = target.listen
  server.listen(fd === null ? { host, port, backlog } : { fd, backlog })
  await once(server, 'listening')
  // Too many open files, for one: that connection is lost, and the next may find room.
  server.on('error', () => {})
  return {
    places,
    async close(limitMs) {
      places.ending = true
      const closed = once(server, 'close')
      server.close()
      places.gate.release()
      const until = performance.now() + limitMs
      await Promise.race([closed, sleep(Math.min(tellMs, limitMs))])
      while (performance.now() < until && isBusy(places)) await sleep(endingPollMs)
      for (const socket of connections) socket.destroy()
      places.forgetIdle()
      await closed
    },
  }
}

const endingPollMs = 20

/** Streams would keep it for ever. */
function isBusy({ load }: Places): boolean {
  const { blue, green } = load.open
  return blue.requests + green.requests > 0
}

function httpServer(places: Places): Server {
  const server = createHttpServer(
    {
      keepAliveTimeout: idleMs,
      headersTimeout: headersMs,
      // An upload may take as long as it takes; the application has its own opinion.
      requestTimeout: 0,
      maxHeaderSize: headerBytesMax,
      noDelay: true,
      shouldUpgradeCallback: isUpgrade,
    },
    (asked, answer) => exchange(asked, answer, places),
  )
  server.on('checkContinue', (asked, answer) => exchange(asked, answer, places))
  server.on('upgrade', (asked, socket, head) => upgrade(asked, socket, head, places))
  return server
}

function tcpServer(places: Places): Server {
  const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true }
  return createServer(options, (socket) => stream(socket, places))
}
