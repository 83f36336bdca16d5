import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../examples/demo/free-port.ts'
import type { SlotAddress } from '../../src/core/plan/step.ts'
import { type Slot, slots } from '../../src/core/traffic/slots.ts'

/**
 * Two versions of an application, and people in front. Node alone, so that it also runs inside a device.
 * Each answer names its slot in `x-slot` and `x-version`. `/slow?ms=3000` answers late; an upgrade is echoed byte by byte.
 */
export interface Application {
  readonly slots: Readonly<Record<Slot, SlotAddress>>
  start(slot: Slot): Promise<void>
  /** As a well-behaved program does when it gets SIGTERM: takes nothing new, finishes what it has, and is gone then. */
  end(slot: Slot): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const host = '127.0.0.1'

/** Both run at first. */
export async function startApplication(): Promise<Application> {
  const ports = { blue: await freePort(), green: await freePort() }
  const running = new Map<Slot, { server: Server; streams: Set<Duplex> }>()
  const start = async (slot: Slot) => {
    if (running.has(slot)) return
    const streams = new Set<Duplex>()
    const server = serverOf(slot, streams)
    running.set(slot, { server, streams })
    server.listen(ports[slot], host)
    await once(server, 'listening')
  }
  const end = async (slot: Slot) => {
    const found = running.get(slot)
    if (found === undefined) return
    running.delete(slot)
    found.server.close()
    found.server.closeIdleConnections()
    await once(found.server, 'close')
  }
  for (const slot of slots) await start(slot)
  return {
    slots: { blue: { host, port: ports.blue }, green: { host, port: ports.green } },
    start,
    end,
    async [Symbol.asyncDispose]() {
      for (const { server, streams } of running.values()) {
        for (const stream of streams) stream.destroy()
        server.closeAllConnections()
        server.close()
        await once(server, 'close')
      }
    },
  }
}

function serverOf(slot: Slot, streams: Set<Duplex>): Server {
  const server = createServer((asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://slot')
    const say = () => {
      // It has stopped listening: whoever asked is told to come on another connection.
      if (!server.listening) answer.setHeader('connection', 'close')
      answer.writeHead(200, { 'x-slot': slot, 'x-version': slot }).end(slot)
    }
    asked.resume()
    if (pathname === '/slow') setTimeout(say, Number(searchParams.get('ms')))
    else asked.once('end', say)
  })
  // Longer than any proxy keeps one: it is the proxy that closes first, and no request is lost between.
  server.keepAliveTimeout = 120_000
  server.on('upgrade', (asked: IncomingMessage, socket: Duplex) => {
    streams.add(socket)
    socket.once('close', () => streams.delete(socket))
    socket.on('error', () => socket.destroy())
    const accept = createHash('sha1').update(`${asked.headers['sec-websocket-key']}${guid}`).digest('base64')
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        `X-Slot: ${slot}`,
        '\r\n',
      ].join('\r\n'),
    )
    socket.pipe(socket)
  })
  return server
}

/** RFC 6455, 1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const answerMs = 60_000

interface Answered {
  readonly status: number
  readonly slot: string | undefined
}

/** On a connection of its own unless an agent is given. Never tried a second time. */
export async function get(url: string, agent: Agent | false = false): Promise<Answered> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(url, { agent, timeout: answerMs }, resolve)
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${answerMs} ms`)))
    asked.once('error', reject)
    asked.end()
  })
  answer.resume()
  await once(answer, 'end')
  if (!answer.complete) throw new Error('the answer was cut off')
  return { status: answer.statusCode ?? 0, slot: textOf(answer.headers['x-slot']) }
}

export interface Stream {
  readonly slot: string | undefined
  readonly closed: boolean
  /** Resolves when the same text came back. */
  echo(text: string): Promise<void>
  close(): Promise<void>
}

export async function openStream(url: string): Promise<Stream> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  }
  const asked = request(url, { agent: false, headers }).end()
  const [answer, socket] = await new Promise<[IncomingMessage, Duplex]>((resolve, reject) => {
    asked.once('upgrade', (got, stream) => resolve([got, stream]))
    asked.once('response', (got) => reject(new Error(`no upgrade: ${got.statusCode}`)))
    asked.once('error', reject)
  })
  const seen = { text: '' }
  socket.on('data', (chunk: Buffer) => {
    seen.text += chunk.toString('latin1')
  })
  socket.on('error', () => socket.destroy())
  return {
    slot: textOf(answer.headers['x-slot']),
    get closed() {
      return socket.destroyed || socket.readableEnded
    },
    async echo(text) {
      seen.text = ''
      socket.write(text)
      while (seen.text !== text) {
        if (socket.destroyed || socket.readableEnded) throw new Error('the stream was cut')
        await Promise.race([once(socket, 'data'), once(socket, 'close')])
      }
    },
    async close() {
      if (socket.destroyed) return
      socket.destroy()
      await once(socket, 'close')
    },
  }
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0]
}

export interface Crowd {
  /** Ends when the requests under way were answered. */
  stop(): Promise<{
    asked: number
    failures: readonly string[]
    worstMs: number
    bySlot: Readonly<Record<string, number>>
  }>
  readonly asked: number
}

const clients = 40
const thinkMsMax = 20

/** 40 people who keep their connection and never ask twice: what goes wrong is a failure. */
export function startCrowd(url: string): Crowd {
  const seen = { asked: 0, worstMs: 0, failures: [] as string[], bySlot: {} as Record<string, number> }
  const crowd = { stopped: false }
  const person = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    while (!crowd.stopped) {
      const begun = performance.now()
      seen.asked += 1
      try {
        const { status, slot } = await get(url, agent)
        if (status !== 200) seen.failures.push(`status ${status}`)
        seen.bySlot[slot ?? 'nobody'] = (seen.bySlot[slot ?? 'nobody'] ?? 0) + 1
      } catch (error) {
        seen.failures.push(String(error))
      }
      seen.worstMs = Math.max(seen.worstMs, Math.round(performance.now() - begun))
      await pause(Math.random() * thinkMsMax)
      // The end of a connection that came meanwhile is seen first, however long this process stood still.
      await turn()
    }
    agent.destroy()
  }
  const people = Array.from({ length: clients }, person)
  return {
    get asked() {
      return seen.asked
    },
    async stop() {
      crowd.stopped = true
      await Promise.all(people)
      return seen
    },
  }
}
