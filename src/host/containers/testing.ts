import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An engine for tests that answers as no real one can be made to: on a unix socket of its own. Not part of the product. */
export interface OddEngine extends AsyncDisposable {
  readonly host: string
  readonly folder: string
  /** What was asked so far, the greeting left out: `GET /v1.41/volumes`. */
  readonly asked: readonly string[]
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

export const hello = {
  Version: '28.2.2',
  ApiVersion: '1.50',
  MinAPIVersion: '1.24',
  Os: 'linux',
  Arch: 'amd64',
  Components: [{ Name: 'Engine' }],
}

export const sends =
  (status: number, body: unknown): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

/** `answers`: by method and path without the version, the query left out; what is not there is answered by 404. */
export async function oddEngine(
  answers: Readonly<Record<string, Answer>>,
  greeting: Answer = sends(200, hello),
): Promise<OddEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-engine-'))
  const path = join(folder, 'e.sock')
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    if (url === '/version') return greeting(request, response)
    asked.push(`${request.method} ${url}`)
    const key = `${request.method} ${url.replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '')}`
    const answer = answers[key] ?? sends(404, { message: 'page not found' })
    answer(request, response)
  })
  server.listen(path)
  await once(server, 'listening')
  return {
    host: `unix://${path}`,
    folder,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
