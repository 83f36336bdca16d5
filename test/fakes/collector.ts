import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { type TestServer, testServer } from '../../src/host/http/testing.ts'

const uint64 = z.string().regex(/^\d{1,20}$/)
const attributes = z.array(
  z.strictObject({
    key: z.string().min(1),
    value: z.union([
      z.strictObject({ stringValue: z.string() }),
      z.strictObject({ boolValue: z.boolean() }),
      z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
      z.strictObject({ doubleValue: z.number() }),
    ]),
  }),
)
const span = z.strictObject({
  traceId: z.string().regex(/^(?!0+$)[0-9a-f]{32}$/),
  spanId: z.string().regex(/^(?!0+$)[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string().min(1),
  kind: z.int().min(0).max(5),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes,
  events: z
    .array(z.strictObject({ timeUnixNano: uint64, name: z.string(), attributes: attributes.optional() }))
    .optional(),
  status: z.strictObject({ code: z.int().min(0).max(2).optional(), message: z.string().optional() }),
})

/** ExportTraceServiceRequest of opentelemetry-proto as JSON: no key that it does not know. */
const requestSchema = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(span),
        }),
      ),
    }),
  ),
})

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly resource: Readonly<Record<string, string>>
  readonly spans: readonly z.infer<typeof span>[]
}

/** A collector that takes traces over HTTP and refuses whatever is not OTLP. `statuses` are its first answers, then 200. */
export async function collector(
  ...statuses: readonly (number | 'silence')[]
): Promise<TestServer & { readonly received: Received[] }> {
  const received: Received[] = []
  const server = await testServer(async (request, response, count) => {
    const status = statuses[count - 1] ?? 200
    if (status === 'silence') return
    if (status === 200) received.push(await receivedIn(request))
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  return { ...server, received }
}

async function receivedIn(request: IncomingMessage): Promise<Received> {
  const { resourceSpans } = requestSchema.parse(JSON.parse(await text(request)))
  const resource = resourceSpans.flatMap(({ resource: { attributes: all } }) =>
    all.map(({ key, value }) => [key, String(Object.values(value)[0])] as const),
  )
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans: all }) => all))
  return {
    path: `${request.method ?? ''} ${request.url ?? ''}`,
    headers: request.headers,
    resource: Object.fromEntries(resource),
    spans,
  }
}
