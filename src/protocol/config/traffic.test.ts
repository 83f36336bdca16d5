import { expect, test } from 'vitest'
import { z } from 'zod'
import { trafficKeys, trafficSettings } from './traffic.ts'

const schema = z.strictObject({ type: z.literal('haproxy'), ...trafficKeys })
const wrong = (spec: object) =>
  schema.safeParse({ type: 'haproxy', ...spec }).error?.issues.map(({ message }) => message)

test('when nothing is said, then the old version has half a minute for requests and ten for streams', () => {
  expect(trafficSettings({ type: 'haproxy' })).toMatchObject({
    front: null,
    slots: null,
    ready: { path: null, timeoutMs: 60_000 },
    verify: { times: 5, timeoutMs: 30_000 },
    drain: { requestsMs: 30_000, streamsMs: 600_000 },
    warmMs: 0,
    twice: true,
    expands: false,
    gradual: null,
  })
})

test('when slots are ports or addresses, then both are understood', () => {
  const { slots } = trafficSettings({ type: 'haproxy', slots: { blue: 8001, green: '[::1]:8002' } })
  expect(slots).toEqual({ blue: { host: '127.0.0.1', port: 8001 }, green: { host: '::1', port: 8002 } })
  expect(trafficSettings({ type: 'haproxy', slots: { blue: 'app.local:80', green: 8002 } }).slots?.blue).toEqual({
    host: 'app.local',
    port: 80,
  })
})

test('when migrations only expand, then both versions may work with the data', () => {
  expect(trafficSettings({ type: 'haproxy', migrations: 'expand' }).expands).toBe(true)
})

test.each([
  [{ slots: { blue: 8001 } }, /./],
  [{ slots: { blue: 8001, green: 8001 } }, /a port of its own/],
  [{ slots: { blue: 0, green: 8002 } }, /./],
  [{ slots: { blue: 'app', green: 8002 } }, /host:port/],
  [{ front: 'ftp://x' }, /./],
  [{ ready: { path: 'health' } }, /write a path/],
  [{ identify: {} }, /name one of header/],
  [{ identify: { header: 'a', json: '/b' } }, /name one of header/],
  [{ gradual: { shares: [] } }, /./],
  [{ gradual: { shares: [100] } }, /./],
  [{ drain: { requests: 'soon' } }, /a duration looks like/],
  [{ warm: '1m' }, /./],
])('when traffic is %j, then it is refused', (spec, message) => {
  expect(wrong(spec)?.join(' ')).toMatch(message)
})
