import { z } from 'zod'
import { type Route, route } from '../route.ts'

/** `all`: every route, this one among them. */
export function openapiRoute(all: () => readonly Route[]): Route {
  let made: Promise<string> | null = null
  return route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    scope: 'public',
    summary: 'This description.',
    answer: z.looseObject({ openapi: z.literal('3.1.0') }),
    async handle(_input, { ports }) {
      made ??= describe(all(), ports.version)
      return new Response(await made, { headers: { 'content-type': 'application/json' } })
    },
  })
}

async function describe(all: readonly Route[], version: string): Promise<string> {
  const { openapiDocument } = await import('../openapi/document.ts')
  return JSON.stringify(openapiDocument(all, version))
}
