import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nobody } from '../../core/traffic/slots.ts'
import { placeAt } from './free.ts'
import { builtinTraffic } from './index.ts'
import { builtinSchema, listenAddress } from './schema.ts'

let stateDir = ''
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'belay-builtin-'))
})
afterEach(() => rm(stateDir, { recursive: true, force: true }))

const spec = { type: 'builtin' as const, listen: '127.0.0.1:0', slots: { blue: 8001, green: 8002 } }

test.each([
  ['0.0.0.0:8080', { host: '0.0.0.0', port: 8080 }],
  ['[::1]:80', { host: '::1', port: 80 }],
  ['example.org:443', { host: 'example.org', port: 443 }],
])('when it shall listen at %s then it is read so', (listen, address) => {
  expect(listenAddress(builtinSchema.parse({ ...spec, listen }))).toEqual(address)
})

test.each([
  [{ listen: '8080' }, 'listen'],
  [{ listen: '::1:8080' }, 'listen'],
  [{ listen: 'a:70000' }, 'listen'],
  [{ mode: 'udp' }, 'mode'],
  [{ slots: undefined }, 'slots'],
  [{ port: 1 }, ''],
])('when its config says %j then it is refused', (more, at) => {
  const result = builtinSchema.safeParse({ ...spec, listen: 'a:1', ...more })
  expect(result.success).toBe(false)
  expect(result.error?.issues[0]?.path[0] ?? '').toBe(at)
})

test('when it was never routed then nobody is served, nothing is open and nothing is started', async () => {
  const kind = builtinTraffic({ stateDir, program: ['/bin/false'] })
  const config = builtinSchema.parse({ ...spec, listen: '127.0.0.1:1' })
  const service = { component: 'app', spec: { type: 'none' }, cwd: '/', user: null }
  const ref = { component: 'app', spec: { type: 'builtin' }, slots: null, services: { blue: service, green: service } }
  const traffic = kind.open({ ...config, listen: '127.0.0.1:65535' }, ref)
  const { signal } = new AbortController()
  expect(await traffic.served(signal)).toEqual({ shares: nobody, persisted: nobody })
  expect(await traffic.open('blue', signal)).toBe(0)
  await expect(traffic.route({ blue: 100, green: 0 }, signal)).rejects.toMatchObject({
    problem: { code: 'E_TRAFFIC_CONFIG' },
  })
})

test('when an address is taken, or of another host, then that is found before anything is done', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await placeAt({ host: '127.0.0.1', port })).toBe('taken')
  expect(await placeAt({ host: '192.0.2.1', port })).toBe('foreign')
  server.close()
  await once(server, 'close')
  expect(await placeAt({ host: '127.0.0.1', port })).toBe('free')
})
