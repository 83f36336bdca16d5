import type { ZodType } from 'zod'
import { fail } from '../core/model/problem.ts'
import type { Caller, RequestHead, Scope } from '../ports/access.ts'
import type { ApiPorts } from './ports.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What a handler knows besides its parsed input. */
export interface Exchange {
  readonly ports: ApiPorts
  readonly caller: Caller
  readonly head: RequestHead
  /** Aborts when the client goes away. A run is never bound to it. */
  readonly signal: AbortSignal
}

/** What came in, parsed by the route's schemas; what a route has no schema for is not handed on. */
export interface Input<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
}

export interface RouteSpec<P, Q, B, A> {
  readonly method: Method
  /** As OpenAPI writes it: `/api/v1/components/{name}`. */
  readonly path: `/${string}`
  /** Checked before anything else is looked at. No route that changes something is `public` or `read`: a test sees to it. */
  readonly scope: Scope | 'public'
  /** One line for the API's description. */
  readonly summary: string
  /** Where a browser that asks for HTML is led, before anything else; `{name}` is what it is in `path`. */
  readonly page?: `/${string}`
  readonly params?: ZodType<P>
  readonly query?: ZodType<Q>
  readonly body?: ZodType<B>
  /** What a JSON answer looks like; null: the handler makes a Response of its own (events, a download). */
  readonly answer: ZodType<A> | null
  /** The type of what a handler without a JSON answer makes. */
  readonly media?: string
  /** The status of a JSON answer, 200 when absent. */
  readonly status?: number
  handle(input: Input<P, Q, B>, exchange: Exchange): Promise<A | Response>
}

/** A route whose types are forgotten: what the app and the description see. */
export interface Route {
  readonly method: Method
  readonly path: `/${string}`
  readonly scope: Scope | 'public'
  readonly summary: string
  readonly page?: `/${string}`
  readonly params?: ZodType
  readonly query?: ZodType
  readonly body?: ZodType
  readonly answer: ZodType | null
  readonly media?: string
  readonly status?: number
  /** Parses first. Throws E_REQUEST_INVALID with every place that is wrong. */
  handle(raw: Input<unknown, unknown, unknown>, exchange: Exchange): Promise<unknown>
}

/** Declares a route; its handler sees its input typed by its schemas. */
export function route<P = null, Q = null, B = null, A = unknown>(spec: RouteSpec<P, Q, B, A>): Route {
  const { params, query, body } = spec
  return {
    ...spec,
    handle: async (raw, exchange) =>
      spec.handle(
        {
          params: parsed('path', params, raw.params),
          query: parsed('query', query, raw.query),
          body: parsed('body', body, raw.body),
        },
        exchange,
      ),
  }
}

function parsed<T>(where: string, schema: ZodType<T> | undefined, value: unknown): T {
  // Without a schema the handler's type says null.
  if (schema === undefined) return null as T
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`)
  throw fail('E_REQUEST_INVALID', `The request is not understood: ${errors.join('; ')}.`, {
    hint: 'See /api/v1/openapi.json for what this address takes.',
    facts: { errors },
  })
}
