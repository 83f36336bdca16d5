import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { collector } from '../../test/fakes/collector.ts'
import { closed, done, intent } from '../../test/fakes/journal.ts'
import { corePlan, link, runId } from '../../test/fakes/plan.ts'
import type { LogLine } from '../host/log/log-file.ts'
import { room } from '../host/tree/testing.ts'
import type { TraceSettings } from '../protocol/settings.ts'
import { openJournal } from '../storage/journal.ts'
import { stoppedClock } from '../storage/testing.ts'
import { endOfTraces, type Sends, tracedJournal } from './traces.ts'
import { version } from './version.ts'

const run = runId('r-00000001')

/** One run from its beginning to its end, and the program's own. */
async function told(
  endpoint: string,
  more: Partial<TraceSettings & { allowHttp: readonly string[]; endMs: number }> = {},
) {
  await using here = await room()
  const { headers = {}, allowHttp = ['127.0.0.1'], endMs = 25_000 } = more
  const sends: Sends = new Set()
  const warnings: LogLine[] = []
  const journal = tracedJournal(openJournal(here.dir, stoppedClock()), {
    to: { endpoint, headers },
    allowHttp,
    env: { COLLECTOR: 'Bearer planted' },
    sends,
    warn: (line) => warnings.push(line),
  })
  await journal.append(run, { t: 'opened', plan: corePlan({ steps: [link()], commitAfter: 0 }) })
  await journal.append(run, intent(0))
  expect(sends.size).toBe(0)
  await journal.append(run, done(0), closed('committed'))
  expect(sends.size).toBe(1)
  journal.close()
  const since = performance.now()
  await endOfTraces(sends, endMs)
  return { warnings, ms: performance.now() - since }
}

test('when a run is closed then its journal is sent as one trace, with the headers of the config', async () => {
  await using server = await collector()
  const { warnings } = await told(server.url, { headers: { authorization: { env: 'COLLECTOR' } } })
  expect(warnings).toEqual([])
  expect(server.received).toHaveLength(1)
  const [{ path, headers, resource, spans }] = server.received as [(typeof server.received)[number]]
  expect(path).toBe('POST /v1/traces')
  expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer planted' })
  expect(resource).toEqual({ 'service.name': 'belay', 'service.version': version, 'host.name': hostname() })
  expect(spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
    ['update core', undefined],
    ['apply link', spans[0]?.spanId],
  ])
})

test('when the collector is busy then it is asked again', async () => {
  await using server = await collector(503, 429)
  expect((await told(server.url)).warnings).toEqual([])
  expect(server.seen).toHaveLength(3)
  expect(server.received).toHaveLength(1)
})

test('when it refuses then that is one warning, without the secret', async () => {
  await using server = await collector(403)
  const { warnings } = await told(server.url, { headers: { authorization: { env: 'COLLECTOR' } } })
  expect(warnings).toEqual([
    { level: 'warn', component: null, run, code: 'E_NOTIFY_REFUSED', text: expect.any(String) },
  ])
  expect(warnings[0]?.text).toMatch(/^the trace of this run was not sent: 127\.0\.0\.1:\d+ answered 403/)
  expect(JSON.stringify(warnings)).not.toContain('planted')
  expect(server.seen).toHaveLength(1)
})

test('when it never answers then the program ends all the same, with one warning', async () => {
  await using server = await collector('silence')
  const { warnings, ms } = await told(server.url, { endMs: 100 })
  // Sooner than whoever sends would give up.
  expect(ms).toBeLessThan(15_000)
  expect(warnings).toHaveLength(1)
})

test('when plain http was not allowed there then nothing is sent', async () => {
  await using server = await collector()
  const { warnings } = await told(server.url, { allowHttp: [] })
  expect(warnings.map(({ code }) => code)).toEqual(['E_HTTP_INSECURE'])
  expect(server.seen).toEqual([])
})

test('when a secret is missing then that is a warning that names its place', async () => {
  const { warnings } = await told('https://127.0.0.1:9', { headers: { authorization: { env: 'ABSENT' } } })
  expect(warnings).toMatchObject([{ code: 'E_SECRET_MISSING', text: expect.stringContaining('ABSENT') }])
})
