/** Joining sockets, on both sides of the gateway. */
import type { Server, Socket } from 'node:net'
import { once } from 'node:events'

/** Passes bytes both ways, half-closes and ends included. */
export function splice(one: Socket, other: Socket): void {
  for (const [from, to] of [[one, other] as const, [other, one] as const]) {
    from.pipe(to)
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroySoon())
  }
}

/** Resolves with the first line a peer sends, and leaves the socket paused right behind it. */
export function firstLine(socket: Socket, lineBytesMax = 4_096): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let head = Buffer.alloc(0)
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\n')
    if (end < 0 && head.length < lineBytesMax) return
    socket.pause()
    socket.off('data', read)
    if (end + 1 < head.length) socket.unshift(head.subarray(end + 1))
    resolve(head.subarray(0, end).toString('utf8'))
  }
  socket.once('error', reject)
  socket.once('close', () => reject(new Error('the peer hung up')))
  socket.on('data', read)
  return promise
}

/** Makes a server closable at any time: the returned function ends its connections too. */
export function closable(server: Server): () => Promise<void> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
  })
  return async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of open) socket.destroy()
    await closed
  }
}
