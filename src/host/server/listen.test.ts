import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { limitConnections } from './connections.ts'
import { listen, type Listening, type ListenOptions, type Tls } from './listen.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const pem = (name: string): Tls => {
  const read = (file: string) =>
    readFileSync(new URL(`../../../test/fixtures/tls/${file}.pem`, import.meta.url), 'utf8')
  return { cert: read(name), key: read(`${name}-key`) }
}

async function serve(options: Partial<ListenOptions> = {}): Promise<Listening> {
  const listening = await listen({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    onRequest: (_, response) => void response.end('here'),
    onUpgrade: (_, socket) => void socket.destroy(),
    ...options,
  })
  open.push(listening)
  return listening
}

function socketTo({ url }: { readonly url: string }): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {}).resume()
  open.push({ close: () => socket.destroy() })
  return socket
}

async function certificateOf({ url }: Listening): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connectTls({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { subject } = socket.getPeerCertificate()
  socket.destroy()
  return String(subject.CN)
}

test('when a certificate is renewed then new connections get it, and one that is none leaves it in use', async () => {
  const listening = await serve({ tls: pem('one') })
  expect(await certificateOf(listening)).toBe('one.belay.test')
  listening.renew(pem('two'))
  expect(await certificateOf(listening)).toBe('two.belay.test')
  expect(() => listening.renew({ cert: pem('one').cert, key: pem('two').key })).toThrow(/certificate or the key/)
  expect(await certificateOf(listening)).toBe('two.belay.test')
})

test('when the certificate is none, or the port is taken, then that is E_LISTEN', async () => {
  const { url } = await serve()
  const refused = { problem: { code: 'E_LISTEN' } }
  await expect(serve({ tls: { cert: 'no', key: 'no' } })).rejects.toMatchObject(refused)
  await expect(serve({ port: Number(new URL(url).port) })).rejects.toMatchObject(refused)
})

test('when headers are longer or more than any browser sends then they are refused', async () => {
  const listening = await serve()
  const answer = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = socketTo(listening)
      let said = ''
      socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
      socket.on('close', () => resolve(said))
      socket.write(text)
    })
  expect(await answer(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
  expect(await answer('GET / HTTP/1.1\r\nhost: x\r\nx: a\nb: c\x00\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
})

/** A server with less room than usual. `/held` is never answered to its end. */
async function crowded(connectionsMax: number): Promise<{ readonly url: string }> {
  const server = createServer((asked, response) => {
    if (asked.url === '/held') response.write('begun')
    else response.end('here')
  })
  limitConnections(server, connectionsMax)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({ close: () => (server.closeAllConnections(), server.close()) })
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` }
}

const get = (url: string) =>
  new Promise<string>((resolve, reject) => {
    const asking = request(url, { agent: false }, (response) => {
      response.setEncoding('utf8')
      response.once('data', (text: string) => resolve(text))
    })
    asking.once('error', reject)
    asking.end()
    open.push({ close: () => asking.destroy() })
  })

test('when others hold all connections and ask nothing, or never end asking, then who asks is answered', async () => {
  const listening = await crowded(4)
  const idle = Array.from({ length: 4 }, () => socketTo(listening))
  await Promise.all(idle.map((socket) => once(socket, 'connect')))
  idle[1]?.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n1')
  idle[2]?.write('GET / HTTP/1.1\r\nhost')
  const gone = Promise.all(idle.map((socket) => once(socket, 'close')))
  for (let i = 0; i < 8; i++) expect(await get(`${listening.url}/`)).toBe('here')
  for (let i = 0; i < 4; i++) expect(await get(`${listening.url}/held`)).toBe('begun')
  await gone
})

test('when every connection is being answered then none of them is cut off, and the next is refused', async () => {
  const listening = await crowded(2)
  expect([await get(`${listening.url}/held`), await get(`${listening.url}/held`)]).toEqual(['begun', 'begun'])
  await expect(get(`${listening.url}/`)).rejects.toThrow()
})
