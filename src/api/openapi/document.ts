import { hintSchema, runProgressSchema, runViewSchema } from '../../protocol/api/runs.ts'
import { problemDocumentSchema } from '../../protocol/api/problem.ts'
import type { Route } from '../route.ts'
import { parametersOf, type Schemas, schemasOf } from './schemas.ts'

/** The API as OpenAPI 3.1 describes it, made from what the routes really check. */
export function openapiDocument(routes: readonly Route[], version: string) {
  const all = routes.map((route) => ({ ...route, operationId: operationIdOf(route) }))
  const schemas = schemasOf(all)
  const paths: Record<string, Record<string, object>> = {}
  for (const route of all) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Belay',
      version,
      summary: 'Keeps self-hosted software up to date.',
      description:
        'JSON in snake_case, times in ISO 8601, sizes in bytes, durations in milliseconds. Texts for people come in the language of `Accept-Language` (en, de). Every error is an RFC 9457 problem document with a stable `code` and a `hint`. Programs send a bearer token; the page has a session cookie and sends `x-csrf-token` with every change. A token or user has one of the scopes read, operate, admin; `x-scope` says which one an operation needs.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: schemas.all, securitySchemes },
  }
}

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'Made with `belay token create`.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'belay_session',
    description: 'Set by POST /api/v1/session. Changes need the header x-csrf-token as well.',
  },
}

/** `GET /api/v1/runs/{id}/events` is `getRunsByIdEvents`. */
function operationIdOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path
    .replace(/^\/api\/v1\//, '/')
    .replace(/\/$/, '/index')
    .split(/[/.-]/)
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('{') ? `By${capital(word.slice(1, -1))}` : capital(word)))
  return method.toLowerCase() + words.join('')
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function operation(route: Route & { readonly operationId: string }, schemas: Schemas): object {
  const { operationId, summary, scope, params, query, body } = route
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')]
  return {
    operationId,
    tags: [route.path.split('/').find((word) => !['', 'api', 'v1'].includes(word)) ?? 'belay'],
    summary,
    'x-scope': scope,
    security: scope === 'public' ? [] : [{ token: [] }, { session: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !body.safeParse(null).success,
            content: { 'application/json': { schema: schemas.body(body) } },
          },
        }),
    responses: { ...answers(route, schemas), default: problem(schemas) },
  }
}

function answers({ answer, status = 200, media = '*/*' }: Route, schemas: Schemas): object {
  if (answer === null) {
    const isStream = media === 'text/event-stream'
    const content = { [media]: { schema: { type: 'string' }, ...(isStream ? { 'x-events': events(schemas) } : {}) } }
    return {
      [status]: { description: isStream ? 'Server-sent events; their data is JSON.' : 'As its type says.', content },
    }
  }
  const content = { 'application/json': { schema: schemas.answer(answer) } }
  const done = { [status]: { description: status === 202 ? 'It was begun.' : 'Done.', content } }
  return status === 202 ? { 200: { description: 'There was nothing to begin.', content }, ...done } : done
}

/** OpenAPI has no words for events: the data of each, by its name. */
function events(schemas: Schemas): object {
  return {
    snapshot: schemas.answer(runViewSchema),
    progress: schemas.answer(runProgressSchema),
    closed: schemas.answer(runViewSchema),
    hint: schemas.answer(hintSchema),
  }
}

function problem(schemas: Schemas): object {
  return {
    description: 'It was refused, or it failed.',
    content: { 'application/problem+json': { schema: schemas.answer(problemDocumentSchema) } },
  }
}
