import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { ask } from '../../host/check-context.fixture.ts'
import { networkCheck } from './index.ts'

const check = networkCheck()

async function withServer<T>(work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await work((server.address() as AddressInfo).port)
  } finally {
    server.close()
  }
}

test('when the server answers, whatever it says, then the network is there', async () => {
  const result = await withServer((port) => ask(check, { url: `http://127.0.0.1:${port}/x` }))
  expect(result).toMatchObject({ ok: true, facts: { status: 404 } })
})

test('when a host accepts a connection then the network is there', async () => {
  expect(await withServer((port) => ask(check, { host: '127.0.0.1', port }))).toMatchObject({ ok: true })
})

test('when nothing answers then it fails and says why', async () => {
  const port = await withServer(async (taken) => taken)
  for (const config of [{ url: `http://127.0.0.1:${port}` }, { host: '127.0.0.1', port }]) {
    expect(await ask(check, config)).toMatchObject({
      ok: false,
      problem: { code: 'E_CHECK_FAILED', facts: { cause: 'E_NETWORK' } },
    })
  }
})

test('when there is nothing to reach then it fails: a check that looks at nothing proves nothing', async () => {
  expect(await ask(check, {})).toMatchObject({ ok: false })
})
