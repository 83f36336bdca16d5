import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Slot } from '../../core/traffic/slots.ts'
import { attempt } from './attempt.ts'
import { answerHead, answerHeaders, requestHeaders } from './headers.ts'
import { join } from './join.ts'
import type { Places } from './places.ts'

/**
 * Whether a request is one to pass on as such: a WebSocket and the like, without a body. Never h2c: behind it, requests would pass
 * that nobody has looked at (h2c smuggling); it is answered over HTTP/1, as its RFC allows.
 */
export function isUpgrade({ method, headers }: IncomingMessage): boolean {
  const { upgrade = '' } = headers
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return method === 'GET' && !hasBody && /^[\w./-]+$/.test(upgrade) && upgrade.toLowerCase() !== 'h2c'
}

interface Parties {
  readonly asked: IncomingMessage
  readonly client: Socket
  /** What came right behind the request. */
  readonly head: Buffer
  readonly places: Places
}

export function upgrade(asked: IncomingMessage, stream: Duplex, head: Buffer, places: Places): void {
  if (!(stream instanceof Socket)) {
    stream.destroy()
    return
  }
  const client = stream
  client.on('error', () => client.destroy())
  client.setTimeout(0)
  places.gate.pass(() => {
    if (client.destroyed) return
    const slot = places.pick()
    if (slot === null) refuse(client, 503, 'Service Unavailable')
    else pass({ asked, client, head, places }, slot, true)
  })
}

function pass(parties: Parties, slot: Slot, first: boolean): void {
  const { asked, client, head, places } = parties
  const endRequest = places.load.begin(slot, 'requests')
  client.once('close', endRequest)
  const out = attempt({
    address: places.addressOf(slot),
    method: 'GET',
    path: asked.url ?? '/',
    headers: requestHeaders({
      method: 'GET',
      raw: asked.rawHeaders,
      peer: client.remoteAddress ?? 'unknown',
      chunked: false,
      upgrade: asked.headers.upgrade ?? '',
    }),
    agent: false,
    halfOpen: true,
    connected: () => out?.end(),
    failed: ({ sent }) => {
      endRequest()
      const other = sent || !first ? null : places.instead(slot)
      if (other !== null) pass(parties, other, false)
      else if (client.bytesWritten > before) client.resetAndDestroy()
      else refuse(client, 502, 'Bad Gateway')
    },
  })
  if (out === null) {
    refuse(client, 400, 'Bad Request')
    return
  }
  const before = client.bytesWritten
  const gone = () => out.destroy()
  client.once('close', gone)
  out.once('upgrade', (got, server, early) => {
    client.off('close', gone)
    endRequest()
    const phrase = got.statusMessage ?? 'Switching Protocols'
    const endStream = places.load.begin(slot, 'streams')
    client.write(answerHead(101, phrase, answerHeaders(got.rawHeaders), upgraded(got)), 'latin1')
    if (early.length > 0) client.write(early)
    if (head.length > 0) server.write(head)
    server.setKeepAlive(true, keepAliveMs)
    client.setKeepAlive(true, keepAliveMs)
    join(client, server, endStream)
  })
  // It would rather not: an answer like any other, and the last one on this connection.
  out.once('response', (got) => {
    const more = ['Connection', 'close']
    client.write(
      answerHead(got.statusCode ?? 502, got.statusMessage ?? '', answerHeaders(got.rawHeaders), more),
      'latin1',
    )
    got.on('error', () => client.resetAndDestroy())
    got.pipe(client)
  })
}

/** Whoever is gone without a word is noticed, or its connection would stay for ever. */
export const keepAliveMs = 60_000

function upgraded({ headers }: IncomingMessage): readonly string[] {
  return ['Connection', 'Upgrade', 'Upgrade', headers.upgrade ?? '']
}

function refuse(client: Socket, status: number, phrase: string): void {
  client.end(answerHead(status, phrase, [], ['Connection', 'close', 'Content-Length', '0']))
}
