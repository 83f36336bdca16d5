import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { witness } from './index.ts'

async function listening(server: Server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

test('when a server closes as it should then all that it had is answered', async () => {
  const answers: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/slow') answers.push(() => response.end('late'))
    else response.end('now')
  })
  const address = await listening(server)
  const begun = await witness.begin(address, { path: '/', slow: '/slow' })
  await expect.poll(() => answers.length).toBe(1)
  begun.told()
  server.close()
  await expect
    .poll(async () => (await witness.begin(address, { path: '/', slow: null }).catch(() => null)) === null)
    .toBe(true)
  const closed = once(server, 'close')
  answers[0]?.()
  await closed
  const seen = await begun.end()
  expect(seen).toMatchObject({ request: 'slow', answered: 'yes', idle: 'closed' })
  expect(seen.refuses_ms).toBeGreaterThanOrEqual(0)
})

test('when a server drops everything then that is seen of each connection', async () => {
  const sockets = new Set<Socket>()
  const server = createServer((_request, response) => response.end('now'))
  server.on('connection', (socket) => sockets.add(socket))
  const address = await listening(server)
  const begun = await witness.begin(address, { path: '/', slow: null })
  await expect.poll(() => sockets.size).toBe(2)
  begun.told()
  for (const socket of sockets) socket.resetAndDestroy()
  server.close()
  const seen = await begun.end()
  expect(seen).toMatchObject({ request: 'half-sent', answered: 'no', idle: 'reset' })
})

test('when the slow request is quick then nothing is claimed of it', async () => {
  const server = createServer((_request, response) => response.end('now'))
  const address = await listening(server)
  let asked = 0
  server.on('request', () => asked++)
  const begun = await witness.begin(address, { path: '/', slow: '/slow' })
  await expect.poll(() => asked).toBe(2)
  await expect.poll(() => new Promise((done) => server.getConnections((_, count) => done(count)))).toBe(1)
  begun.told()
  expect((await begun.end()).answered).toBe('quick')
  server.closeAllConnections()
  server.close()
})

test('when nothing answers then the address and the path are named', async () => {
  const server = createTcp((socket) => socket.destroy())
  const address = await listening(server)
  await expect(witness.begin(address, { path: '/health', slow: null })).rejects.toMatchObject({
    problem: { code: 'E_NETWORK', facts: { path: '/health' } },
  })
  server.close()
})

test('when a process is Node then its mask says nothing, and of a shell it does', async () => {
  expect(witness.signals(process.pid)).toEqual({ first: false, handles: null })
  const shell = spawn('sh', ['-c', 'echo ready; read line'], { stdio: ['pipe', 'pipe', 'ignore'] })
  await once(shell.stdout, 'data')
  expect(witness.signals(shell.pid ?? 0)).toEqual({ first: false, handles: false })
  shell.kill('SIGKILL')
  expect(witness.signals(-1)).toBeNull()
})
