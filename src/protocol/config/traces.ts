import { z } from 'zod'
import { secretSchema } from '../secret.ts'
import type { TraceSettings } from '../settings.ts'

const headersMax = 20

/** Key of `agent` that says where runs are told as traces. */
export function tracesField() {
  const endpoint = z
    .url({ protocol: /^https?$/, error: 'write a whole address, such as https://collector:4318' })
    .max(2000)
    .refine(isPlain, 'leave user, password, "?" and "#" out: a secret belongs into headers')
  const name = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'write the name of a header, such as authorization')
  return z
    .strictObject({
      endpoint: endpoint.describe('The collector, without /v1/traces; plain http only to hosts in allow_http.'),
      headers: z
        .record(name, secretSchema)
        .refine((headers) => Object.keys(headers).length <= headersMax, `at most ${headersMax} headers`)
        .default({})
        .describe('Headers that are sent along, such as authorization.'),
    })
    .optional()
    .describe('Where each run is told as an OpenTelemetry trace when it ends (OTLP over HTTP). Left out: nowhere.')
}

function isPlain(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}

export function traceSettings(traces: z.infer<ReturnType<typeof tracesField>>): TraceSettings | null {
  return traces === undefined ? null : { ...traces, endpoint: traces.endpoint.replace(/\/+$/, '') }
}
