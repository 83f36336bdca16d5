import { expect, test } from 'vitest'
import { fail } from '../../core/model/problem.ts'
import { understand } from '../../protocol/ws/request.ts'
import { answer, type Shared } from './answer.ts'
import type { Peer } from './peer.ts'
import type { SocketPorts } from './ports.ts'

test.each([
  ['updater.perform_update', { component: 'core' }],
  ['updater.update', 'core'],
  ['updater.update', 'manual_confirmation'],
  ['controller.system_info', 'refresh'],
])('when %s is not allowed to whoever asked then the error names it as they did', async (subject, body) => {
  const sent: string[] = []
  const line = { waitingBytes: 0, send: (text: string) => void sent.push(text) }
  const head = { method: 'GET', path: '/ws', headers: new Headers(), address: '127.0.0.1', secure: false }
  const peer = { line, head, names: new Map(), asking: 0 } as Partial<Peer> as Peer
  const gate = { admit: () => Promise.reject(fail('E_FORBIDDEN', 'This needs the scope operate.')) }
  const ports = { gate } as Partial<SocketPorts> as SocketPorts
  await answer(ports, {} as Shared, peer, understand(JSON.stringify({ subject, body })))
  expect(sent.map((text) => JSON.parse(text))).toMatchObject([
    { subject: 'error', body: { subject, code: 'E_FORBIDDEN' } },
  ])
})
