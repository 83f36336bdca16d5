import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { connectionsIn, connectionsTo } from './connections.ts'

const line = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0`

test('when both ends of a connection are of this host, then it is counted once', () => {
  const both = [line('0100007F:1F41', '0100007F:C350', '01'), line('0100007F:C350', '0100007F:1F41', '01')]
  expect(connectionsIn(both.join('\n'), 8001)).toBe(1)
})

test('when one end is in a container, then the other one is enough', () => {
  expect(connectionsIn(line('0100007F:C350', '0200000A:1F41', '01'), 8001)).toBe(1)
})

test('when a port only listens, is another one, or was left, then it is not counted', () => {
  const others = [
    line('0100007F:1F41', '00000000:0000', '0A'),
    line('0100007F:1F42', '0100007F:C350', '01'),
    line('0100007F:1F41', '0100007F:C351', '06'),
  ]
  expect(connectionsIn(others.join('\n'), 8001)).toBe(0)
})

test('when somebody connects and leaves, then that is seen', async () => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const at = { host: '127.0.0.1', port }
  expect(await connectionsTo(at)).toBe(0)
  const client = connect(port, '127.0.0.1')
  await once(client, 'connect')
  expect(await connectionsTo(at)).toBe(1)
  client.destroy()
  server.close()
  await once(server, 'close')
  expect(await connectionsTo(at)).toBe(0)
})
