import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApiPorts } from '../api/ports.ts'
import { problemDocument } from '../api/problem.ts'
import { fail } from '../core/model/problem.ts'
import { peerOf } from '../host/server/peer.ts'
import type { RequestHead } from '../ports/access.ts'
import { once } from './once.ts'

export interface Upgrades {
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Says goodbye to all of them, and waits a moment for their answers. */
  close(): Promise<void>
}

/** Lets in who asks for a WebSocket. What it needs is loaded with the first one. */
export function upgrades(ports: ApiPorts): Upgrades {
  let isOver = false
  const loaded = once(async () => {
    const [{ createSockets }, { openLines }] = await Promise.all([
      import('../api/socket/sockets.ts'),
      import('../host/server/lines.ts'),
    ])
    return { sockets: createSockets({ ...ports, hostName: ports.access.hostName }), lines: openLines() }
  })
  let opened: Awaited<ReturnType<typeof loaded>> | null = null
  const letIn = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    opened = await loaded()
    const { sockets, lines } = opened
    const from = await headOf(ports, request)
    await sockets.admit(from)
    if (lines.full) throw fail('E_TOO_MANY_ATTEMPTS', 'As many WebSockets are open as there may be.')
    if (isOver || socket.destroyed) socket.destroy()
    else lines.accept(request, socket, head, (line) => sockets.join(line, from))
  }
  return {
    onUpgrade(request, socket, head) {
      // Until ws takes it over, nobody else hears that the other side broke off.
      const ignore = () => {}
      socket.on('error', ignore)
      letIn(request, socket, head)
        .catch((error: unknown) => refuse(socket, error))
        .finally(() => socket.off('error', ignore))
    },
    async close() {
      isOver = true
      await opened?.lines.close()
    },
  }
}

async function headOf(
  ports: ApiPorts,
  { method = '', url = '/', headers, socket }: IncomingMessage,
): Promise<RequestHead> {
  const proxies = await ports.use(async ({ settings }) => settings.agent.access.proxies)
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  )
  return {
    method,
    path: url.split('?', 1)[0] ?? '/',
    headers: new Headers(pairs.map(([name, value]) => [name, value])),
    ...peerOf(socket, headers, proxies),
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const document = problemDocument(error)
  const body = `${JSON.stringify(document)}\n`
  const lines = [
    `HTTP/1.1 ${document.status} ${document.code}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
