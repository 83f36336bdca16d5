import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { sharesFor } from '../../core/traffic/slots.ts'
import { deadPort, Stage } from './forwarder.fixture.ts'

const stage = new Stage()
afterEach(() => stage.end())

test('when bytes go both ways and ends come one by one then all of them arrive', async () => {
  const sent = randomBytes(8 * 1024 * 1024)
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const blue = await stage.tcpSlot((socket) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    // It answers only when the other side has said all.
    socket.on('end', () => socket.end(Buffer.concat(chunks)))
  })
  const { port } = await stage.front(blue, await deadPort(), 'tcp')
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.end(sent)
  await once(socket, 'end')
  expect(digest(Buffer.concat(chunks))).toBe(digest(sent))
})

test('when a connection breaks at the slot then it breaks here, and is no longer counted', async () => {
  const sockets: Socket[] = []
  const blue = await stage.tcpSlot((socket) => {
    sockets.push(socket)
    socket.write('hi')
  })
  const { port, forwarder } = await stage.front(blue, await deadPort(), 'tcp')
  const socket = connect(port, '127.0.0.1')
  const broken = once(socket, 'close').catch((error: unknown) => error)
  await once(socket, 'data')
  expect(forwarder.places.load.open.blue.streams).toBe(1)
  for (const one of sockets) one.resetAndDestroy()
  expect(await broken).toMatchObject({ code: 'ECONNRESET' })
  await expect.poll(() => forwarder.places.load.open.blue.streams).toBe(0)
})

test('when it forwards connections then they stay across a switch, and new ones go to the new slot', async () => {
  const echo = (name: string) => (socket: Socket) => {
    socket.write(name)
    socket.pipe(socket)
  }
  const [blue, green] = [await stage.tcpSlot(echo('blue')), await stage.tcpSlot(echo('green'))]
  const { port, route } = await stage.front(blue, green, 'tcp')
  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    stage.after(() => socket.destroy())
    return { socket, name: String(await once(socket, 'data')) }
  }
  const first = await open()
  route(sharesFor('green', 100))
  expect([first.name, (await open()).name]).toEqual(['blue', 'green'])
  first.socket.write('still')
  expect(String(await once(first.socket, 'data'))).toBe('still')
})

test('when it holds then connections wait and say nothing, and go on when it lets go', async () => {
  const { port, forwarder } = await stage.front(
    await stage.tcpSlot((socket) => socket.pipe(socket)),
    await deadPort(),
    'tcp',
  )
  forwarder.places.gate.hold(10_000)
  const socket = connect(port, '127.0.0.1')
  stage.after(() => socket.destroy())
  await once(socket, 'connect')
  socket.write('hello')
  expect(forwarder.places.load.open.blue.streams).toBe(0)
  forwarder.places.gate.release()
  expect(String(await once(socket, 'data'))).toBe('hello')
})

test('when the slot refuses then the one that was served until now gets the connection, and otherwise it breaks', async () => {
  const green = await stage.tcpSlot((socket) => socket.end('green'))
  const { port, route } = await stage.front(await deadPort(), green, 'tcp')
  const open = () => once(connect(port, '127.0.0.1'), 'data')
  await expect(open()).rejects.toMatchObject({ code: 'ECONNRESET' })
  route(sharesFor('green', 100))
  route(sharesFor('blue', 100))
  expect(String(await open())).toBe('green')
})
