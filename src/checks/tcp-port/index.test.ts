import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { ask } from '../../host/check-context.fixture.ts'
import { tcpPortCheck } from './index.ts'

const check = tcpPortCheck()

test('when something listens then it passes, and fails once it is gone', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await ask(check, { port })).toMatchObject({ ok: true, facts: { host: '127.0.0.1', port } })
  server.close()
  await once(server, 'close')
  expect(await ask(check, { port })).toMatchObject({ ok: false, problem: { code: 'E_CHECK_FAILED', retryable: true } })
})
