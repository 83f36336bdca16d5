import type { Span, Trace } from '../core/run/trace.ts'

/** Who tells it. */
export interface Teller {
  readonly version: string
  readonly host: string
}

interface KeyValue {
  readonly key: string
  readonly value:
    | { readonly stringValue: string }
    | { readonly boolValue: boolean }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
}

/**
 * The body of `POST /v1/traces` (OTLP/HTTP, JSON encoding of opentelemetry-proto 1.x): ids are hex, enums numbers, and
 * 64-bit integers texts, since JSON's numbers are too small for nanoseconds.
 */
export function otlpTraces(trace: Trace, { version, host }: Teller): string {
  const spans = trace.spans.map((span) => spanJson(trace, span))
  const resource = { 'service.name': 'belay', 'service.version': version, 'host.name': host }
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: 'belay', version }, spans }],
      },
    ],
  })
}

const kindInternal = 1
const statusOk = 1
const statusError = 2

function spanJson({ traceId, spansDropped }: Trace, span: Span) {
  const { spanId, parentSpanId, name, startMs, endMs, attributes, events, status } = span
  const dropped = parentSpanId === null && spansDropped > 0 ? { 'belay.spans_dropped': spansDropped } : {}
  return {
    traceId,
    spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    name,
    kind: kindInternal,
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(endMs),
    attributes: keyValues({ ...attributes, ...dropped }),
    ...(events.length === 0
      ? {}
      : { events: events.map((event) => ({ timeUnixNano: nanoseconds(event.atMs), name: event.name })) }),
    status: status === null ? {} : 'ok' in status ? { code: statusOk } : { code: statusError, message: status.error },
  }
}

function nanoseconds(ms: number): string {
  return `${BigInt(Math.max(0, Math.round(ms))) * 1_000_000n}`
}

function keyValues(attributes: Readonly<Record<string, string | number | boolean>>): readonly KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } }
    if (typeof value === 'boolean') return { key, value: { boolValue: value } }
    return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }
  })
}
