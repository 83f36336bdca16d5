import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { stat } from 'node:fs/promises'
import { fail, problemOf } from '../../core/model/problem.ts'
import { answerTo } from './answers.ts'
import { openDigests } from './digests.ts'
import { openFolder } from './folder.ts'
import type { ReleaseFolder } from './folder.ts'
import { routeOf } from './routes.ts'
import { send, sendJson } from './send.ts'

export interface ServeOptions {
  readonly dir: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Ends the server, as `close` does. */
  readonly signal: AbortSignal
  readonly onRequest?: (request: { readonly method: string; readonly path: string; readonly status: number }) => void
}

export interface ReleaseServer {
  /** `http://127.0.0.1:8080`, without a slash at its end. */
  readonly url: string
  /** Open downloads are cut off. */
  close(): Promise<void>
}

/**
 * Serves a folder of releases (`folder.ts` says how it is laid out) in GitHub's API shape under `/repos/OWNER/REPO/releases`,
 * as a JSON feed under `/feed.json` and as the central update server under `/api/latest-version`. It reads and never writes.
 * Errors: E_NOT_FOUND when `dir` is no folder, E_IO when the port cannot be had.
 */
export async function serveReleases(options: ServeOptions): Promise<ReleaseServer> {
  const { dir, host, port, signal, onRequest } = options
  if (!(await isFolder(dir))) {
    throw fail('E_NOT_FOUND', `${dir} is not a folder`, { hint: 'Name the folder that holds the releases.' })
  }
  const folder = openFolder(dir, openDigests())
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    response.on('close', () => onRequest?.({ method: request.method ?? '', path, status: response.statusCode }))
    handle(folder, request, response).catch((error: unknown) => failed(request, response, error))
  })
  await listen(server, host, port)
  const address = server.address()
  const given = typeof address === 'object' && address !== null ? address.port : port
  const close = () => closeServer(server)
  if (signal.aborted) await close()
  else signal.addEventListener('abort', () => void close(), { once: true })
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${given}`, close }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isDirectory() ?? false
}

async function handle(folder: ReleaseFolder, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return sendJson(request, response, 405, '{"message":"Method Not Allowed"}\n')
  }
  const base = baseOf(request)
  const url = base === null ? null : URL.parse(`${base}${request.url ?? '/'}`)
  if (base === null || url === null) return sendJson(request, response, 400, '{"message":"Bad Request"}\n')
  const route = routeOf(url)
  const asBytes = (request.headers.accept ?? '').includes('application/octet-stream')
  await send(request, response, route === null ? { kind: 'none' } : await answerTo(route, folder, base, asBytes))
}

/** How the client called this server: addresses in answers must work where it stands. */
function baseOf(request: IncomingMessage): string | null {
  const host = request.headers.host ?? ''
  return /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host) ? `http://${host}` : null
}

/** A fault of the folder is told to the client in words; one in the middle of a download only by cutting it off. */
function failed(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy()
  const { code, message } = problemOf(error)
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  sendJson(request, response, 500, `${JSON.stringify({ message, code })}\n`)
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        fail('E_IO', `cannot listen on ${host}:${port}: ${error.message}`, {
          hint: 'Choose another port with --port, or end the program that uses this one.',
          cause: error,
        }),
      ),
    )
    server.listen(port, host, resolve)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
