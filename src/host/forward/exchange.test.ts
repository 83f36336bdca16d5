import { once } from 'node:events'
import { Agent, type IncomingMessage, request, type RequestListener } from 'node:http'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { nobody, sharesFor } from '../../core/traffic/slots.ts'
import { deadPort, Stage } from './forwarder.fixture.ts'

const stage = new Stage()
afterEach(() => stage.end())

interface Ask {
  readonly method?: string
  readonly body?: string
  readonly agent?: Agent
  readonly headers?: Readonly<Record<string, string>>
  readonly host?: string
}

async function ask(
  port: number,
  path = '/',
  { method = 'GET', body, agent, headers = {}, host = '127.0.0.1' }: Ask = {},
) {
  const asked = request({ host, port, path, method, headers, agent: agent ?? false })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
}

const says =
  (what: string): RequestListener =>
  (asked, answer) => {
    asked.resume()
    asked.once('end', () => answer.end(what))
  }

test('when a client keeps its connection then its next request goes where is served now', async () => {
  const { port, route } = await stage.front(
    (await stage.slot(says('blue'))).port,
    (await stage.slot(says('green'))).port,
  )
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  stage.after(() => agent.destroy())
  const sockets = new Set<unknown>()
  agent.on('free', (socket) => sockets.add(socket))
  expect((await ask(port, '/', { agent })).body).toBe('blue')
  route(sharesFor('green', 100))
  expect((await ask(port, '/', { agent })).body).toBe('green')
  expect(sockets.size).toBe(1)
})

test('when it is switched then connections that wait at the old slot are ended, and one with a request is not', async () => {
  const asked: (() => void)[] = []
  const blue = await stage.slot((question, answer) => {
    if (question.url === '/slow') asked.push(() => answer.end('blue'))
    else answer.end('blue')
  })
  const { port, route, forwarder } = await stage.front(blue.port, await deadPort())
  const sockets = new Set<Socket>()
  blue.server.on('connection', (socket) => sockets.add(socket))
  await ask(port)
  const [idle] = [...sockets]
  const slow = [ask(port, '/slow'), ask(port, '/slow')]
  await expect.poll(() => asked.length).toBe(2)
  await ask(port)
  route(sharesFor('green', 100))
  await expect.poll(() => [...sockets].filter(({ destroyed }) => !destroyed).length).toBe(2)
  expect(idle).toBeDefined()
  expect(forwarder.places.load.open.blue.requests).toBe(2)
  for (const answer of asked) answer()
  expect((await Promise.all(slow)).map(({ body }) => body)).toEqual(['blue', 'blue'])
  await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed)).toBe(true)
})

test('when the slot refuses then one that was served until now is asked, body and all, and a stranger never', async () => {
  const green = await stage.slot((asked, answer) => {
    void text(asked).then((body) => answer.end(`green ${body}`))
  })
  const { port, route } = await stage.front(await deadPort(), green.port)
  expect((await ask(port)).status).toBe(502)
  route(sharesFor('green', 100))
  route(sharesFor('blue', 100))
  expect(await ask(port, '/', { method: 'POST', body: 'hello' })).toMatchObject({ status: 200, body: 'green hello' })
})

test('when a kept connection ends as it is used then a question is asked again, and a change gets a new connection', async () => {
  const seen: string[] = []
  const blue = await stage.tcpSlot((socket) => {
    let answered = 0
    socket.on('data', (chunk) => {
      seen.push(chunk.toString().split(' ', 1)[0] ?? '')
      // The second request of a connection meets its end.
      answered += 1
      if (answered > 1) socket.resetAndDestroy()
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nblue')
    })
    socket.on('end', () => socket.end())
  })
  const { port } = await stage.front(blue, await deadPort())
  const put = { method: 'PUT', body: 'x' }
  const bodies = [await ask(port), await ask(port), await ask(port, '/', put), await ask(port, '/', put)]
  expect(bodies.map(({ body }) => body)).toEqual(['blue', 'blue', 'blue', 'blue'])
  expect(seen).toEqual(['GET', 'GET', 'GET', 'PUT', 'PUT'])
})

test('when a slot dies with a request then it is told as an error, and not asked twice', async () => {
  let asked = 0
  const blue = await stage.tcpSlot((socket) => {
    socket.once('data', () => {
      asked += 1
      socket.destroy()
    })
  })
  const { port } = await stage.front(blue, await deadPort())
  expect((await ask(port)).status).toBe(502)
  expect(asked).toBe(1)
})

test('when an answer breaks off then its reader sees that, and no proper end', async () => {
  const blue = await stage.tcpSlot((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n')
      setTimeout(() => socket.destroy(), 20)
    })
  })
  const { port } = await stage.front(blue, await deadPort())
  await expect(ask(port)).rejects.toThrow(/aborted/)
})

test('when a stream of events has said nothing yet then its header is there', async () => {
  const open: (() => void)[] = []
  const blue = await stage.slot((_, answer) => {
    answer.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    open.push(() => answer.end('data: 1\n\n'))
  })
  const { port, forwarder } = await stage.front(blue.port, await deadPort())
  const asked = request({ host: '127.0.0.1', port, agent: false }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  expect(answer.headers['content-type']).toBe('text/event-stream')
  expect(forwarder.places.load.open.blue).toEqual({ requests: 1, streams: 0 })
  for (const end of open) end()
  expect(await text(answer)).toBe('data: 1\n\n')
  await expect.poll(() => forwarder.places.load.open.blue.requests).toBe(0)
})

test('when a client goes away then its request ends at the slot, too', async () => {
  const gone: string[] = []
  const blue = await stage.slot((asked, answer) => {
    answer.once('close', () => gone.push(asked.url ?? ''))
  })
  const { port, forwarder } = await stage.front(blue.port, await deadPort())
  const asked = request({ host: '127.0.0.1', port, path: '/left', agent: false }).end()
  asked.on('error', () => {})
  await expect.poll(() => forwarder.places.load.open.blue.requests).toBe(1)
  asked.destroy()
  await expect.poll(() => gone).toEqual(['/left'])
  await expect.poll(() => forwarder.places.load.open.blue.requests).toBe(0)
})

test('when somebody reads slowly then the slot is not read faster', async () => {
  const block = Buffer.alloc(256 * 1024)
  let written = 0
  const blue = await stage.slot((_, answer) => {
    const more = () => {
      while (written < 400 && answer.write(block)) written += 1
      if (written < 400) answer.once('drain', more)
    }
    more()
  })
  const { port } = await stage.front(blue.port, await deadPort())
  const socket = connect(port, '127.0.0.1')
  stage.after(() => socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.pause()
  let before = -1
  await expect.poll(() => before === written || ((before = written), false), { interval: 150 }).toBe(true)
  // What the kernel takes on both ways, and a little: a hundred megabytes were offered.
  expect(written * block.length).toBeLessThan(40 * 1024 * 1024)
})

test('when a slot would rather not upgrade then its answer comes as it is; h2c is never asked for', async () => {
  const seen: (string | undefined)[] = []
  const blue = await stage.slot((asked, answer) => {
    seen.push(asked.headers.upgrade)
    answer.writeHead(426, { 'x-why': 'no' }).end('none of that')
  })
  const { port } = await stage.front(blue.port, await deadPort())
  for (const upgrade of ['websocket', 'h2c']) {
    const answer = await ask(port, '/', { headers: { connection: 'Upgrade', upgrade } })
    expect(answer).toMatchObject({ status: 426, body: 'none of that', headers: { 'x-why': 'no' } })
  }
  expect(seen).toEqual(['websocket', undefined])
})

test('when a request could be read in two ways then it is refused', async () => {
  const { port } = await stage.front((await stage.slot(says('blue'))).port, await deadPort())
  const socket = connect(port, '127.0.0.1')
  const header = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'
  socket.end(`${header}0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /)
})

test('when nobody is served then that is said at once', async () => {
  const { port, route } = await stage.front(await deadPort(), await deadPort())
  route(nobody)
  expect((await ask(port)).status).toBe(503)
})

test('when it ends then requests under way are answered, and whoever keeps a connection is told to leave', async () => {
  const open: (() => void)[] = []
  const blue = await stage.slot((_, answer) => {
    open.push(() => answer.end('blue'))
  })
  const { port, forwarder } = await stage.front(blue.port, await deadPort())
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const slow = ask(port, '/', { agent })
  await expect.poll(() => open.length).toBe(1)
  const closed = forwarder.close(5000)
  await expect(ask(port)).rejects.toThrow(/ECONNREFUSED/)
  for (const end of open) end()
  expect(await slow).toMatchObject({ body: 'blue', headers: { connection: 'close' } })
  agent.destroy()
  await closed
})

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))

test.runIf(hasIPv6)('when it listens at all addresses of IPv6 then both kinds arrive', async () => {
  const { port } = await stage.front((await stage.slot(says('blue'))).port, await deadPort(), 'http', '::')
  expect([(await ask(port, '/', { host: '::1' })).body, (await ask(port)).body]).toEqual(['blue', 'blue'])
})

test('when a slot answers before it has read all then the answer arrives, and the connection is good for the next request', async () => {
  const blue = await stage.tcpSlot((socket) => {
    socket.once('data', (chunk) => {
      const whole = chunk.toString('latin1').startsWith('GET')
      socket.end(`HTTP/1.1 ${whole ? '200 OK' : '413 Too Large'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      if (!whole) socket.pause()
    })
  })
  const { port } = await stage.front(blue, await deadPort())
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  stage.after(() => agent.destroy())
  const large = { method: 'POST', body: 'x'.repeat(3_000_000), agent }
  expect((await ask(port, '/', large)).status).toBe(413)
  expect((await ask(port, '/', { agent })).status).toBe(200)
})

test.each([
  'GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /\xff HTTP/1.1\r\nHost: a\r\nX: \xff\xfe\r\n\r\n',
  'GET /a\tb HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
  'M-SEARCH http://[::1/ HTTP/1.0\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\x00',
])('when somebody sends %j then others are answered as before', async (bytes) => {
  const { port } = await stage.front((await stage.slot(says('blue'))).port, await deadPort())
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  socket.resume()
  socket.end(bytes, 'latin1')
  await closed
  expect((await ask(port)).body).toBe('blue')
})

test.each([
  'HTTP/1.1 200 \x01\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nX: \x01\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 101 Surprise\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  'HTTP/1.1 1000 High\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 103 Hints\r\nLink: nonsense\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
])('when a slot answers %j then that is its own fault alone', async (bytes) => {
  const blue = await stage.tcpSlot((socket) => {
    socket.once('data', () => socket.end(bytes, 'latin1'))
  })
  const { port } = await stage.front(blue, await deadPort())
  expect([200, 502]).toContain((await ask(port)).status)
  expect([200, 502]).toContain((await ask(port)).status)
})
