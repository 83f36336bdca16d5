import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'

export interface SameOrigin {
  readonly url: string
  close(): Promise<void>
}

/**
 * What a web server in front of an agent is: it serves an old frontend's files by itself, under the agent's content policy,
 * and hands everything else on, the WebSocket too. `files`: by path, with their type.
 */
export async function sameOrigin(
  agent: string,
  files: Readonly<Record<string, { readonly type: string; readonly text: string }>>,
): Promise<SameOrigin> {
  const { hostname, port } = new URL(agent)
  const policy = (await fetch(`${agent}/healthz`)).headers.get('content-security-policy')
  if (policy === null) throw new Error('the agent sends no content policy')
  const server = createServer((asked, answer) => {
    const file = files[asked.url ?? '']
    if (file !== undefined) {
      answer.writeHead(200, { 'content-type': file.type, 'content-security-policy': policy }).end(file.text)
      return
    }
    const { method, url, headers } = asked
    asked.pipe(
      request({ hostname, port, method, path: url, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers)
        given.pipe(answer)
      }).on('error', () => answer.destroy()),
    )
  })
  server.on('upgrade', (asked: IncomingMessage, socket) => {
    const through = connect(Number(port), hostname, () => {
      const lines = [`${asked.method} ${asked.url} HTTP/1.1`]
      for (let i = 0; i < asked.rawHeaders.length; i += 2)
        lines.push(`${asked.rawHeaders[i]}: ${asked.rawHeaders[i + 1]}`)
      through.write(`${lines.join('\r\n')}\r\n\r\n`)
      through.pipe(socket).pipe(through)
    })
    through.on('error', () => socket.destroy())
    socket.on('error', () => through.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
