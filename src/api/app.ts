import { Hono } from 'hono'
import { fail } from '../core/model/problem.ts'
import type { RequestHead } from '../ports/access.ts'
import { secured } from './access/headers.ts'
import { languageOf } from './language.ts'
import { servePage } from './page/serve.ts'
import type { ApiPorts } from './ports.ts'
import { problemResponse } from './problem.ts'
import type { Route } from './route.ts'
import { routes } from './routes/index.ts'

/** Longer bodies are refused while they are read. No request of the API has a reason to be longer. */
const bodyBytesMax = 64 * 1024

/** What the server knows of a connection. */
export interface Peer {
  readonly address: string
  readonly secure: boolean
}

type Params = Readonly<Record<string, string>>

/** Answers one request; never rejects. */
export type App = (request: Request, peer: Peer) => Promise<Response>

/** The one door of HTTP: each route's scope is asked for before anything of the request is looked at. */
export function createApp(ports: ApiPorts, all: readonly Route[] = routes): App {
  const hono = new Hono<{ Bindings: { readonly peer: Peer } }>()
  for (const one of all) {
    hono.on(one.method, one.path.replaceAll(/\{(\w+)\}/g, ':$1'), async (context) =>
      answer(one, ports, context.req.raw, context.env.peer, context.req.param()),
    )
  }
  hono.notFound(async ({ req, env }) => pageOr404(ports, req.raw, env.peer))
  hono.onError((error, { req }) => problemResponse(error, languageOf(req.raw.headers)))
  return async (request, peer) => secured(await hono.fetch(request, { peer }), peer.secure)
}

/** What nobody else answers is the page's. */
async function pageOr404({ gate, page }: ApiPorts, request: Request, peer: Peer): Promise<Response> {
  try {
    await gate.admit(headOf(request, peer), 'public')
    return await servePage(page, request)
  } catch (error) {
    return problemResponse(error, languageOf(request.headers))
  }
}

function headOf(request: Request, peer: Peer): RequestHead {
  return { method: request.method, path: new URL(request.url).pathname, headers: request.headers, ...peer }
}

async function answer(one: Route, ports: ApiPorts, request: Request, peer: Peer, params: Params): Promise<Response> {
  try {
    if (one.page !== undefined && wantsPage(request)) return toPage(one.page, params)
    const head = headOf(request, peer)
    const caller = await ports.gate.admit(head, one.scope)
    const query = Object.fromEntries(new URL(request.url).searchParams)
    const body = one.body === undefined ? null : await jsonBody(request)
    const exchange = { ports, caller, head, signal: request.signal }
    const result = await one.handle({ params, query, body }, exchange)
    if (result instanceof Response) return result
    return Response.json(result, { status: one.status ?? 200 })
  } catch (error) {
    return problemResponse(error, languageOf(request.headers))
  }
}

/** A person who opened the address, not a program. The page asks who they are. */
function wantsPage({ method, headers }: Request): boolean {
  return method === 'GET' && (headers.get('accept') ?? '').includes('text/html')
}

function toPage(page: string, params: Params): Response {
  const location = page.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  return new Response(null, { status: 303, headers: { location, vary: 'accept' } })
}

/** null: there is none. E_REQUEST_INVALID, E_REQUEST_TOO_LARGE. */
async function jsonBody(request: Request): Promise<unknown> {
  const bytes = await boundedBody(request)
  if (bytes.length === 0) return null
  // A form of another site can be sent without asking, but never with this type.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type') ?? '')) {
    throw fail('E_REQUEST_INVALID', 'The body of the request is not marked as JSON.', {
      hint: 'Send the header "content-type: application/json".',
    })
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw fail('E_REQUEST_INVALID', 'The body of the request is not JSON.', { cause })
  }
}

async function boundedBody(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bodyBytesMax) {
      throw fail('E_REQUEST_TOO_LARGE', `The body of the request is longer than ${bodyBytesMax} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
