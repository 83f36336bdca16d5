import { z } from 'zod'
import { type Method, type Route, route } from '../route.ts'

/** Where the pages of the seeds' applications were. Nothing is shown here: the page asks who comes. */
const pages = ['/admin', '/admin/', '/admin/updates/', '/web/admin/updates'] as const

const successor = '/api/enterprise/start-update'
/** The day of the notice in the enterprise updater's document, 2025-07-05, as RFC 9745 writes it. */
const deprecatedAt = '@1751673600'

const deprecationSchema = z.object({ status: z.literal('deprecated'), message: z.string(), successor: z.string() })

export const compatMovedRoutes: readonly Route[] = [
  ...pages.map((path) =>
    route({
      method: 'GET',
      path,
      scope: 'public',
      summary: 'Leads to the page.',
      answer: null,
      handle: async () => new Response(null, { status: 303, headers: { location: '/' } }),
    }),
  ),
  ...(['GET', 'POST'] as const).map(simpleUpdate),
]

/** Starts nothing: whoever follows it proves there who they are. */
function simpleUpdate(method: Method): Route {
  return route({
    method,
    path: '/api/simple-update',
    scope: 'public',
    summary: 'Deprecated: tells the address that took its place.',
    answer: deprecationSchema,
    status: 308,
    async handle() {
      const message = `This address is deprecated. POST to ${successor}.`
      return Response.json(deprecationSchema.parse({ status: 'deprecated', message, successor }), {
        status: 308,
        headers: { location: successor, deprecation: deprecatedAt, link: `<${successor}>; rel="successor-version"` },
      })
    },
  })
}
