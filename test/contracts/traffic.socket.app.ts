// The application of the contract of traffic, served as the guide's example for Node serves: on the socket that systemd hands over.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { serve } from '../../docs/guide/examples/zero-downtime/graceful.mjs'

const slot = process.env['BELAY_SLOT'] ?? ''
/** RFC 6455, 1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const server = createServer((asked, answer) => {
  const { pathname, searchParams } = new URL(asked.url ?? '/', 'http://slot')
  const say = () => answer.writeHead(200, { 'x-slot': slot, 'x-version': slot }).end(slot)
  asked.resume()
  if (pathname === '/slow') setTimeout(say, Number(searchParams.get('ms')))
  else asked.once('end', say)
})

server.on('upgrade', (asked, socket) => {
  socket.on('error', () => socket.destroy())
  const accept = createHash('sha1').update(`${asked.headers['sec-websocket-key']}${guid}`).digest('base64')
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
  socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, `X-Slot: ${slot}`, '\r\n'].join('\r\n'))
  socket.pipe(socket)
})

serve(server)
