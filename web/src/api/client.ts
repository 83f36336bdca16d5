import { problemOf, Unreachable } from './problem.ts'

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export interface Answer<T> {
  readonly status: number
  readonly body: T
  readonly etag: string | null
}

interface Options {
  readonly query?: Query
  readonly body?: unknown
  readonly ifMatch?: string | null
  readonly signal?: AbortSignal
}

/**
 * The agent's API. Rejects with ApiProblem (its problem document) or Unreachable. Paths are below `/api/v1`, their parts
 * already encoded: see `path`.
 */
export interface Api {
  get<T>(path: string, options?: Pick<Options, 'query' | 'signal'>): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  put<T>(path: string, body: unknown): Promise<T>
  remove<T>(path: string): Promise<T>
  /** For those who need the status or the ETag. */
  ask<T>(method: string, path: string, options?: Options): Promise<Answer<T>>
  /** The open answer of an address that goes on telling; `after`: the id of the last event that was seen. */
  open(
    path: string,
    options: { readonly signal: AbortSignal; readonly after: string | null; readonly language?: string },
  ): Promise<Response>
}

export interface ClientPorts {
  readonly fetch: typeof fetch
  readonly language: () => string
  /** The token of the session, which another site cannot know. */
  readonly csrf: () => string | null
  /** Told of every answer that is not one: a session that ended, an agent that is gone. */
  readonly failed: (error: unknown) => void
}

/** `path` of `['components', 'a b']` is `/api/v1/components/a%20b`. */
export function path(...parts: readonly string[]): string {
  return `/api/v1/${parts.map(encodeURIComponent).join('/')}`
}

export function createClient(ports: ClientPorts): Api {
  const send = async (
    method: string,
    to: string,
    options: Options,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> => {
    try {
      const response = await ports
        .fetch(`${to}${search(options.query)}`, {
          method,
          headers: { ...headersOf(method, options), ...more },
          credentials: 'same-origin',
          ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        })
        .catch((error: unknown) => {
          throw options.signal?.aborted === true ? error : new Unreachable(error)
        })
      if (!response.ok) throw await problemOf(response)
      return response
    } catch (error) {
      if (options.signal?.aborted !== true) ports.failed(error)
      throw error
    }
  }
  const headersOf = (method: string, { body, ifMatch }: Options): Record<string, string> => {
    const csrf = ports.csrf()
    return {
      accept: 'application/json',
      'accept-language': ports.language(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'GET' || csrf === null ? {} : { 'x-csrf-token': csrf }),
      ...(ifMatch === undefined || ifMatch === null ? {} : { 'if-match': ifMatch }),
    }
  }
  const ask = async <T>(method: string, to: string, options: Options = {}): Promise<Answer<T>> => {
    const response = await send(method, to, options)
    const text = await response.text()
    const body = (text === '' ? null : JSON.parse(text)) as T
    return { status: response.status, body, etag: response.headers.get('etag') }
  }
  const bodyOf = async <T>(method: string, to: string, options: Options = {}): Promise<T> =>
    (await ask<T>(method, to, options)).body
  return {
    get: async (to, options) => bodyOf('GET', to, options),
    post: async (to, body) => bodyOf('POST', to, { body: body ?? {} }),
    put: async (to, body) => bodyOf('PUT', to, { body }),
    remove: async (to) => bodyOf('DELETE', to),
    ask,
    open: async (to, { signal, after, language = ports.language() }) =>
      send(
        'GET',
        to,
        { signal },
        {
          accept: 'text/event-stream',
          'accept-language': language,
          ...(after === null ? {} : { 'last-event-id': after }),
        },
      ),
  }
}

function search(query: Query | undefined): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given.toString()}`
}
