import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Line } from '../../ports/line.ts'
import { openLines } from './lines.ts'
import { listen } from './listen.ts'

async function server(use: (line: Line) => void, silenceMs?: number) {
  const lines = openLines(silenceMs === undefined ? {} : { silenceMs })
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    onRequest: (_request, response) => response.end('plain'),
    onUpgrade: (request, socket, head) => lines.accept(request, socket, head, use),
  })
  onTestFinished(async () => {
    await lines.close()
    await listening.close().catch(() => {})
  })
  const { url } = listening
  return { lines, listening, url: url.replace('http', 'ws'), port: Number(new URL(url).port) }
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await once(socket, 'open')
  return socket
}

/** The code and the reason that the other side gave. */
async function closed(socket: WebSocket): Promise<readonly [number, string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer]
  return [code, reason.toString()]
}

test('when text comes then it is heard, binary is heard as none, and what is sent arrives', async () => {
  const heard: (string | null)[] = []
  const { url } = await server((line) =>
    line.onMessage((text) => {
      heard.push(text)
      line.send(`heard ${text}`)
    }),
  )
  const socket = await open(url)
  socket.send('ä')
  expect(String((await once(socket, 'message'))[0])).toBe('heard ä')
  socket.send(Buffer.from('x'))
  await once(socket, 'message')
  expect(heard).toEqual(['ä', null])
})

test('when a message is too long then the connection is closed with 1009, and nothing of it is heard', async () => {
  const heard: unknown[] = []
  const { url } = await server((line) => line.onMessage((text) => heard.push(text)))
  const socket = await open(url)
  socket.send('x'.repeat(64 * 1024 + 1))
  expect((await closed(socket))[0]).toBe(1009)
  expect(heard).toEqual([])
})

test('when text is no UTF-8 then the connection is closed with 1007', async () => {
  const { url } = await server(() => {})
  const socket = await open(url)
  socket.send(Buffer.from([0xff, 0xfe]), { binary: false })
  expect((await closed(socket))[0]).toBe(1007)
})

test('when the agent goes away then it says so with 1001', async () => {
  const { url, lines } = await server(() => {})
  const socket = await open(url)
  const end = closed(socket)
  await lines.close()
  expect(await end).toEqual([1001, 'the agent goes away'])
})

async function deaf(port: number) {
  const raw = connect(port, '127.0.0.1')
  raw.write(
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await once(raw, 'data')
  return raw
}

test('when a side does not answer the goodbye then it is cut off, and nobody waits for it', async () => {
  const { port, lines } = await server(() => {})
  const raw = await deaf(port)
  const gone = once(raw, 'close')
  await lines.close()
  await gone
})

test('when the server is closed then what was handed over to a WebSocket holds nothing up', async () => {
  const { port, listening } = await server(() => {})
  await deaf(port)
  await listening.close()
})

test('when compression is offered then it is declined', async () => {
  const { url } = await server(() => {})
  const socket = new WebSocket(url, { perMessageDeflate: true })
  await once(socket, 'open')
  expect(socket.extensions).toBe('')
})

test('when the other side answers no ping then it is cut off', async () => {
  const gone = Promise.withResolvers<void>()
  const { port } = await server((line) => line.onClose(gone.resolve), 20)
  const raw = await deaf(port)
  raw.resume()
  await Promise.all([gone.promise, once(raw, 'close')])
})

test.each([
  ['has no key', 'Sec-WebSocket-Version: 13'],
  ['speaks another version', 'Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
])('when an upgrade %s then it is answered with 400', async (_what, headers) => {
  const { port } = await server(() => {})
  const raw = connect(port, '127.0.0.1')
  raw.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n\r\n`)
  expect(String((await once(raw, 'data'))[0])).toMatch(/^HTTP\/1\.1 400 /)
})
