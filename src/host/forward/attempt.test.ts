import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { endUnlessConnected } from './attempt.ts'
import { Stage } from './forwarder.fixture.ts'

const stage = new Stage()
afterEach(() => stage.end())

/** Nothing in this process goes on meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('when this process stood still while a connection came about then it is taken, however late that is', async () => {
  const port = await stage.tcpSlot(() => {})
  // From here on timers come before what the kernel has to say.
  await turn()
  const socket = connect(port, '127.0.0.1')
  stage.after(() => socket.destroy())
  endUnlessConnected(socket, 10)
  // The kernel is asked in the next tick, and answers at once.
  process.nextTick(() => standStill(100))
  await once(socket, 'connect')
  expect(socket.destroyed).toBe(false)
})

test('when a connection does not come about then it is ended in time', async () => {
  const socket = Object.assign(new Socket(), { connecting: true })
  endUnlessConnected(socket, 10)
  await expect(once(socket, 'close')).rejects.toThrow('no connection within 10 ms')
})
