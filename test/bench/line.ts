import { createServer, request, type Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * A server as it is reached over a line: what it answers comes no faster than that. Without it client and server are on
 * one machine, and each byte costs its processors what elsewhere the other end pays.
 */
export async function line(
  to: string,
  bytesPerSecond: number,
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((incoming, outgoing) => {
    const onward = request(new URL(incoming.url ?? '/', to), { method: incoming.method, headers: incoming.headers })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      const pass = async () => {
        const startedAt = performance.now()
        let bytes = 0
        for await (const chunk of answer as AsyncIterable<Buffer>) {
          bytes += chunk.byteLength
          const aheadMs = (bytes / bytesPerSecond) * 1000 - (performance.now() - startedAt)
          if (aheadMs > 1) await pause(aheadMs)
          outgoing.write(chunk)
        }
        outgoing.end()
      }
      pass().catch(() => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the line does not listen')
  return { server, url: `http://127.0.0.1:${address.port}` }
}
