import { fail } from '../../core/model/problem.ts'
import type { Page } from '../../ports/page.ts'
import { choosePageFile, type PageChoice } from './choose.ts'

/** The one thing that whoever runs the agent from a clone has to know of the page. */
export const pageBuildCommand = 'npm run page'

const notBuilt = `belay runs here, and its API answers at /api/v1.
Its page is not built. Build it in the folder of belay's source, then reload this:

  ${pageBuildCommand}
`

/** Answers with a file of the page. E_NOT_FOUND: nothing of it is there. */
export async function servePage(page: Page, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (request.method !== 'GET' && request.method !== 'HEAD') throw nothingThere()
  const files = await page.files()
  if (files === null) return notBuiltAt(pathname)
  const choice = choosePageFile(files, {
    path: pathname,
    accept: request.headers.get('accept'),
    acceptEncoding: request.headers.get('accept-encoding'),
    ifNoneMatch: request.headers.get('if-none-match'),
  })
  if (choice.kind === 'absent') throw nothingThere()
  const headers = headersOf(choice)
  if (choice.kind === 'unchanged') return new Response(null, { status: 304, headers })
  const bytes = await page.read(choice.path, choice.encoding)
  if (bytes === null) throw nothingThere()
  headers.set('content-length', String(bytes.byteLength))
  return new Response(request.method === 'HEAD' ? null : bytes, { headers })
}

function headersOf({ file, encoding, etag }: Exclude<PageChoice, { kind: 'absent' }>): Headers {
  const headers = new Headers({
    'content-type': file.type,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    vary: 'accept-encoding',
  })
  if (encoding !== null) headers.set('content-encoding', encoding)
  return headers
}

function notBuiltAt(path: string): Response {
  if (path !== '/') throw nothingThere()
  return new Response(notBuilt, { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function nothingThere(): Error {
  return fail('E_NOT_FOUND', 'There is nothing at this address.')
}
