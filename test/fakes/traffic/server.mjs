// @ts-check
// An application as it should be: it listens on PORT, or on the socket that systemd hands over; told to end, it takes nothing
// new, finishes what it has and keeps streams until they end. PORT, BELAY_SLOT, VERSION (or a file of that name beside it),
// STARTUP_MS before it listens; once it has been told to end: LAME_MS in which it still listens and says at /health that it
// is going, IDLE_MS for connections that ask nothing. One file without dependencies: releases are made of it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer as createTcp } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const { env } = process
const version = env['VERSION'] ?? readFileSync(new URL('VERSION', import.meta.url), 'utf8').trim()
const slot = env['BELAY_SLOT'] ?? ''
const idleMs = Number(env['IDLE_MS'] ?? 1000)
const lameMs = Number(env['LAME_MS'] ?? 0)
const slowMsMax = 60_000
/** Of a frame of a WebSocket. */
const payloadBytesMax = 65_535
let draining = false

/** Of each open connection, what is under way: a request, a stream, or nothing. @type {Map<import('node:stream').Duplex, 'idle' | 'busy' | 'stream'>} */
const connections = new Map()

const http = createHttp({ keepAliveTimeout: 60_000 }, (request, response) => {
  const { socket } = request
  connections.set(socket, 'busy')
  response.on('close', () => becomeIdle(socket))
  const url = new URL(request.url ?? '/', 'http://localhost')
  const answer = () => {
    if (url.pathname === '/health' && draining) response.statusCode = 503
    response.setHeader('content-type', 'application/json')
    response.setHeader('x-version', version)
    response.setHeader('x-slot', slot)
    // Whoever asks on this connection learns with this answer not to ask here again: so none of its requests is lost.
    if (draining) response.setHeader('connection', 'close')
    response.end(JSON.stringify({ version, slot, pid: process.pid }))
  }
  if (url.pathname !== '/slow') answer()
  else setTimeout(answer, Math.min(Number(url.searchParams.get('ms') ?? 3000), slowMsMax))
})

http.on('upgrade', (request, socket, head) => {
  connections.set(socket, 'stream')
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  const headers = [`Sec-WebSocket-Accept: ${accept}`, `X-Version: ${version}`, `X-Slot: ${slot}`]
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', ...headers]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  echo(socket, head)
})

/** @param {import('node:stream').Duplex} socket @param {Buffer} head */
function echo(socket, head) {
  let waiting = head
  const answer = () => {
    const { frames, rest } = framesIn(waiting)
    waiting = rest
    for (const { opcode, payload } of frames) {
      if (opcode === 8) socket.end(writeFrame(8, payload))
      else socket.write(writeFrame(opcode === 9 ? 10 : opcode, payload))
    }
  }
  socket.on('data', (/** @type {Buffer} */ data) => {
    waiting = Buffer.concat([waiting, data])
    answer()
  })
  socket.on('error', () => socket.destroy())
  socket.on('end', () => socket.end())
  answer()
}

/** As much of RFC 6455 as an echo needs: whole frames. @param {Buffer} data @returns {{ frames: { opcode: number, payload: Buffer }[], rest: Buffer }} */
function framesIn(data) {
  const frames = []
  let rest = data
  for (let frame = frameAt(rest); frame !== null; frame = frameAt(rest)) {
    frames.push(frame)
    rest = rest.subarray(frame.size)
  }
  return { frames, rest }
}

/** @param {Buffer} data */
function frameAt(data) {
  if (data.length < 2) return null
  const short = data.readUInt8(1) & 0x7f
  if (short === 127) throw new Error(`a frame of more than ${payloadBytesMax} bytes`)
  const masked = (data.readUInt8(1) & 0x80) !== 0
  const headSize = (short === 126 ? 4 : 2) + (masked ? 4 : 0)
  if (data.length < headSize) return null
  const length = short === 126 ? data.readUInt16BE(2) : short
  const size = headSize + length
  if (data.length < size) return null
  const mask = data.subarray(headSize - 4, headSize)
  const payload = Buffer.from(data.subarray(headSize, size))
  if (masked) for (const [at, byte] of payload.entries()) payload[at] = byte ^ (mask[at % 4] ?? 0)
  return { opcode: data.readUInt8(0) & 0x0f, payload, size }
}

/** @param {number} opcode @param {Buffer} payload */
function writeFrame(opcode, payload) {
  const head = payload.length < 126 ? Buffer.from([0x80 | opcode, payload.length]) : Buffer.alloc(4)
  if (payload.length >= 126) {
    head.set([0x80 | opcode, 126])
    head.writeUInt16BE(payload.length, 2)
  }
  return Buffer.concat([head, payload])
}

/** @param {import('node:stream').Duplex} socket */
function becomeIdle(socket) {
  if (!connections.has(socket)) return
  connections.set(socket, 'idle')
  if (draining) endWhenIdle(socket)
}

/** Not at once: a request may be on its way. @param {import('node:stream').Duplex} socket */
function endWhenIdle(socket) {
  // What came meanwhile is read first, however long this process stood still.
  setTimeout(() => setImmediate(() => connections.get(socket) === 'idle' && socket.end()), idleMs)
}

const listener = createTcp({ allowHalfOpen: true, noDelay: true }, (socket) => {
  connections.set(socket, 'idle')
  if (draining) endWhenIdle(socket)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    connections.delete(socket)
    leaveWhenEmpty()
  })
  http.emit('connection', socket)
})

function leaveWhenEmpty() {
  if (draining && !listener.listening && connections.size === 0) process.exit(0)
}

process.on('SIGTERM', () => {
  if (draining) return
  draining = true
  setTimeout(leave, lameMs)
})

function leave() {
  // What the kernel has accepted meanwhile still arrives, and is answered.
  listener.close(leaveWhenEmpty)
  for (const [socket, state] of connections) if (state === 'idle') endWhenIdle(socket)
}

await pause(Number(env['STARTUP_MS'] ?? 0))
const passed = env['LISTEN_PID'] === String(process.pid) && Number(env['LISTEN_FDS']) > 0
listener.listen(
  passed ? { fd: 3 } : { port: Number(env['PORT']), host: env['HOST'] ?? '127.0.0.1', backlog: 511 },
  () => {
    // Node has no datagram sockets of this family; the unit says NotifyAccess=all.
    if (env['NOTIFY_SOCKET'] !== undefined) spawnSync('systemd-notify', ['--ready'])
  },
)
