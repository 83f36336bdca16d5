import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { httpProbe } from './index.ts'

const probe = httpProbe()

async function read(status: number, body: string, config: object = {}): Promise<string | null> {
  const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/version`
  const ref = { component: 'app', spec: { type: 'http' }, dir: '/', user: null, scheme: 'semver' }
  try {
    return await probe.read(probe.config.parse({ type: 'http', http, ...config }), ref, new AbortController().signal)
  } finally {
    server.close()
  }
}

test.each([
  [200, '1.2.3\n', {}, '1.2.3'],
  [200, '{"version":"1.2.3"}', {}, '1.2.3'],
  [200, '{"app":{"version":"2.0.0"}}', { json: '/app/version' }, '2.0.0'],
  [200, '{"app":{"version":2}}', { json: '/app/version' }, null],
  [200, '<html>', { json: '/version' }, null],
  [503, '1.2.3', {}, null],
])('when the answer is %i %j with %j then the version is %j', async (status, body, config, version) => {
  expect(await read(status, body, config)).toBe(version)
})

test('when nobody answers then the version is unknown', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  const ref = { component: 'app', spec: { type: 'http' }, dir: '/', user: null, scheme: 'semver' }
  const config = probe.config.parse({ type: 'http', http: `http://127.0.0.1:${port}` })
  expect(await probe.read(config, ref, new AbortController().signal)).toBeNull()
  expect(probe.live).toBe(true)
})
