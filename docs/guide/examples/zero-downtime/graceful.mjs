// For servers of node:http: takes the socket that systemd holds, says when it is ready, and ends without losing anybody.
import { execFile } from 'node:child_process'
import { Server as TcpServer } from 'node:net'

const { LISTEN_PID, LISTEN_FDS, NOTIFY_SOCKET, PORT } = process.env
const idleMs = 5_000
const backlog = 4_096

/** @param {import('node:http').Server} server */
export function serve(server) {
  let ending = false
  server.prependListener('request', (_request, response) => {
    // A client that keeps its connection is told here, with an answer, that the next one needs a new connection.
    if (ending) response.setHeader('connection', 'close')
  })
  process.once('SIGTERM', () => {
    ending = true
    // Of the plain server: that of http ends idle connections at once, under requests that are on their way there.
    TcpServer.prototype.close.call(server, () => process.exit(0))
    setInterval(() => server.closeIdleConnections(), idleMs)
  })
  // From systemd, descriptor 3 is the open socket. Otherwise the slot has a port of its own.
  const handed = LISTEN_PID === String(process.pid) && Number(LISTEN_FDS) > 0
  server.listen(handed ? { fd: 3 } : { port: Number(PORT), host: '127.0.0.1' }, backlog, () => {
    // Node cannot speak to systemd itself; NotifyAccess=all in the unit lets this program do it.
    if (NOTIFY_SOCKET) execFile('systemd-notify', ['--ready'], () => {})
  })
}
