import type { PageEncoding, PageFile } from '../../ports/page.ts'

/** What is asked for, as far as the answer depends on it. */
export interface PageRequest {
  /** As the URL has it: still encoded, so that no encoded slash or dot is ever taken for one. */
  readonly path: string
  readonly accept: string | null
  readonly acceptEncoding: string | null
  readonly ifNoneMatch: string | null
}

export type PageChoice =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'file' | 'unchanged'
      readonly path: string
      readonly file: PageFile
      readonly encoding: PageEncoding | null
      readonly etag: string
    }

/** Whoever asks for one of these talks to the agent, not to the page. */
const notThePage = /^\/(?:api|assets|ws|healthz|metrics)(?:\/|$)/
const start = '/index.html'

/**
 * Which file answers. Every address that a browser opens and that nobody else answers is a view of the page, which finds out
 * by itself what is there: a link to a run can be sent to a colleague.
 */
export function choosePageFile(files: ReadonlyMap<string, PageFile>, request: PageRequest): PageChoice {
  const path = pathOf(files, request)
  const file = path === null ? undefined : files.get(path)
  if (path === null || file === undefined) return { kind: 'absent' }
  const encoding = file.encodings.find((one) => accepts(request.acceptEncoding, one)) ?? null
  const etag = `"${file.hash}${encoding === null ? '' : `-${encoding}`}"`
  return { kind: hasTag(request.ifNoneMatch, etag) ? 'unchanged' : 'file', path, file, encoding, etag }
}

function pathOf(files: ReadonlyMap<string, PageFile>, { path, accept }: PageRequest): string | null {
  if (path === '/') return start
  if (files.has(path)) return path
  return !notThePage.test(path) && /\btext\/html\b/i.test(accept ?? '') ? start : null
}

/** RFC 9110 §12.5.3: a coding with `q=0` is refused. */
function accepts(header: string | null, encoding: PageEncoding): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    return name === encoding && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}

/** RFC 9110 §13.1.2: compared weakly, because a proxy that packs anew weakens the tag. */
function hasTag(header: string | null, etag: string): boolean {
  return (header ?? '').split(',').some((one) => [etag, '*'].includes(one.trim().replace(/^W\//, '')))
}
