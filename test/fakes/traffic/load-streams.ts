const sayEveryMs = 200
const lastWords = 'the last of it'

export interface Held {
  readonly opened: number
  /** Ends them all, once it is known which of them were cut; resolves with how many answers they got. */
  close(): Promise<number>
}

/** Opens WebSockets to an echo; `cut` is called for each that ends before `close`. Rejects when one does not open. */
export async function holdStreams(url: string, count: number, cut: () => void): Promise<Held> {
  let echoed = 0
  let closing = false
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`)
      const opened = Promise.withResolvers<void>()
      socket.addEventListener('open', () => opened.resolve())
      socket.addEventListener('message', () => echoed++)
      socket.addEventListener('close', () => {
        opened.reject(new Error(`a stream to ${url} does not open`))
        if (!closing) cut()
      })
      await opened.promise
      return socket
    }),
  )
  const saying = setInterval(() => {
    for (const socket of sockets) if (socket.readyState === WebSocket.OPEN) socket.send('still there')
  }, sayEveryMs)
  return {
    opened: sockets.length,
    close: async () => {
      clearInterval(saying)
      await Promise.all(sockets.map(lastSaid))
      closing = true
      for (const socket of sockets) socket.close()
      return echoed
    },
  }
}

/** One that was cut may not know it yet: whoever hears an answer was not. */
async function lastSaid(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.addEventListener('close', () => resolve())
  socket.addEventListener('message', ({ data }) => {
    if (data === lastWords) resolve()
  })
  if (socket.readyState === WebSocket.OPEN) socket.send(lastWords)
  await promise
}
