import { expect, test } from 'vitest'
import type { Trace } from '../core/run/trace.ts'
import { otlpTraces } from './otlp.ts'

const base = { parentSpanId: null, startMs: 1_700_000_000_123, endMs: 1_700_000_000_125, events: [] }
const trace: Trace = {
  traceId: 'ab'.repeat(16),
  spansDropped: 3,
  spans: [
    {
      ...base,
      spanId: 'cd'.repeat(8),
      name: 'update core',
      attributes: { 'belay.run': 'r-1', 'belay.downtime_ms': 1400, share: 0.5, kept: true },
      events: [{ name: 'cancel', atMs: 1_700_000_000_124 }],
      status: { error: 'E_IO' },
    },
    { ...base, spanId: 'ef'.repeat(8), parentSpanId: 'cd'.repeat(8), name: 'apply stop', attributes: {}, status: null },
  ],
}

test('when a trace is encoded then it is as collectors take it: hex ids, numbers for enums, texts for 64 bits', () => {
  const body: unknown = JSON.parse(otlpTraces(trace, { version: '1.2.3', host: 'pi' }))
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  expect(body).toStrictEqual({
    resourceSpans: [
      {
        resource: {
          attributes: [text('service.name', 'belay'), text('service.version', '1.2.3'), text('host.name', 'pi')],
        },
        scopeSpans: [
          {
            scope: { name: 'belay', version: '1.2.3' },
            spans: [
              {
                traceId: 'ab'.repeat(16),
                spanId: 'cd'.repeat(8),
                name: 'update core',
                kind: 1,
                startTimeUnixNano: '1700000000123000000',
                endTimeUnixNano: '1700000000125000000',
                attributes: [
                  text('belay.run', 'r-1'),
                  { key: 'belay.downtime_ms', value: { intValue: '1400' } },
                  { key: 'share', value: { doubleValue: 0.5 } },
                  { key: 'kept', value: { boolValue: true } },
                  { key: 'belay.spans_dropped', value: { intValue: '3' } },
                ],
                events: [{ timeUnixNano: '1700000000124000000', name: 'cancel' }],
                status: { code: 2, message: 'E_IO' },
              },
              {
                traceId: 'ab'.repeat(16),
                spanId: 'ef'.repeat(8),
                parentSpanId: 'cd'.repeat(8),
                name: 'apply stop',
                kind: 1,
                startTimeUnixNano: '1700000000123000000',
                endTimeUnixNano: '1700000000125000000',
                attributes: [],
                status: {},
              },
            ],
          },
        ],
      },
    ],
  })
})
