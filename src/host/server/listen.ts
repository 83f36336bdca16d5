import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { createSecureContext } from 'node:tls'
import { fail, problemOf } from '../../core/model/problem.ts'
import { limitConnections } from './connections.ts'

/** PEM texts. */
export interface Tls {
  readonly cert: string
  readonly key: string
}

export interface Listening {
  /** `http://127.0.0.1:8484`, without a slash at its end. */
  readonly url: string
  /** For connections from now on. E_LISTEN: it is no certificate, or not of that key. */
  renew(tls: Tls): void
  /** What is open is cut off. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** null: plain http. */
  readonly tls: Tls | null
  readonly onRequest: RequestListener
  /** A WebSocket that is asked for. */
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** A slow client holds a connection, and nothing else: these end it. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 16 * 1024,
}
const connectionsMax = 1000
const headersMax = 100

/** Serves until it is closed. E_LISTEN: the address, the port or the certificate cannot be used. */
export async function listen({ host, port, tls, onRequest, onUpgrade }: ListenOptions): Promise<Listening> {
  const server: Server | TlsServer = tls === null ? createServer(limits, onRequest) : withTls(tls, onRequest)
  server.maxHeadersCount = headersMax
  limitConnections(server, connectionsMax)
  // Node forgets a connection that it has handed over, and waits for it all the same.
  const handedOver = new Set<Duplex>()
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    handedOver.add(socket)
    socket.once('close', () => handedOver.delete(socket))
    onUpgrade(request, socket, head)
  })
  await bound(server, host, port)
  // Too many open files, for one: that connection is lost, and the next may find room. Unheard, it would end the agent.
  server.on('error', () => {})
  const address = server.address()
  const given = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${given}`,
    renew(next) {
      checked(next)
      if ('setSecureContext' in server) server.setSecureContext(next)
    },
    close: () => closed(server, handedOver),
  }
}

function withTls(tls: Tls, onRequest: RequestListener): TlsServer {
  checked(tls)
  return createTlsServer(
    { ...limits, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersTimeout },
    onRequest,
  )
}

function checked(tls: Tls): void {
  try {
    createSecureContext(tls)
  } catch (cause) {
    throw fail('E_LISTEN', `The certificate or the key of agent.tls cannot be used: ${problemOf(cause).message}`, {
      hint: 'Both must be PEM, and the key must be that of the certificate.',
      retryable: true,
      cause,
    })
  }
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        fail('E_LISTEN', `The agent cannot answer at ${host}:${port}: ${cause.message}`, {
          hint:
            cause.code === 'EADDRINUSE'
              ? 'Another program has that port: end it, or set agent.listen to another one.'
              : 'Set agent.listen to an address of this host and a port that may be used.',
          retryable: true,
          facts: { errno: cause.code ?? null },
          cause,
        }),
      )
    })
    server.listen(port, host, resolve)
  })
}

function closed(server: Server, handedOver: ReadonlySet<Duplex>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
    for (const socket of handedOver) socket.destroy()
  })
}
