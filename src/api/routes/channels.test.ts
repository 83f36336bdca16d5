import { expect, test } from 'vitest'
import { BelayError, fail, problem, type Problem } from '../../core/model/problem.ts'
import type { AuditEvent } from '../../ports/access.ts'
import type { ChannelReport } from '../../ports/channels.ts'
import { createApp } from '../app.ts'
import type { ApiPorts } from '../ports.ts'
import { channelRoutes } from './channels.ts'

const mail: ChannelReport = {
  name: 'mail',
  type: 'email',
  on: ['stuck'],
  components: ['core'],
  waiting: 0,
  given_up: 0,
  last_sent: null,
  last_problem: null,
}

function api(answer: Problem | null = null, scope: string = 'admin') {
  const recorded: AuditEvent[] = []
  const ports: Pick<ApiPorts, 'gate' | 'use' | 'channels' | 'audit'> = {
    gate: {
      async admit(_, need) {
        if (need !== scope) throw fail('E_FORBIDDEN', `${need} is needed`)
        return { kind: 'token', id: 't-1', name: 'ci', scope: 'admin' }
      },
    },
    use: async (work) => work({} as never),
    channels: () => ({
      list: async () => [mail],
      async test(name) {
        if (name !== 'mail') throw fail('E_USAGE', 'no such channel')
        if (answer !== null) throw new BelayError(answer)
      },
    }),
    audit: { record: async (event) => void recorded.push(event) },
  }
  const app = createApp(ports as ApiPorts, channelRoutes)
  const ask = async (method: string, path: string) => {
    const response = await app(new Request(`http://belay.test${path}`, { method }), {
      address: '10.0.0.1',
      secure: true,
    })
    return { status: response.status, body: await response.json() }
  }
  return { ask, recorded }
}

test('when channels are asked for then they come without where their secrets are', async () => {
  expect(await api().ask('GET', '/api/v1/channels')).toEqual({ status: 200, body: { channels: [mail] } })
})

test('when a test is asked for then it is sent, and written down with who asked', async () => {
  const { ask, recorded } = api()
  expect(await ask('POST', '/api/v1/channels/mail/test')).toEqual({ status: 200, body: { sent: true } })
  expect(recorded).toEqual([
    expect.objectContaining({ action: 'channel-test', target: 'mail', outcome: 'ok', from: '10.0.0.1' }),
  ])
})

test('when the receiver does not take it then that is told and written down', async () => {
  const { ask, recorded } = api(problem('E_NETWORK', 'refused', { retryable: true }))
  expect(await ask('POST', '/api/v1/channels/mail/test')).toMatchObject({ status: 502, body: { code: 'E_NETWORK' } })
  expect(recorded).toMatchObject([{ outcome: 'E_NETWORK' }])
  expect(await ask('POST', '/api/v1/channels/other/test')).toMatchObject({ status: 400, body: { code: 'E_USAGE' } })
})

test.each([
  ['GET', '/api/v1/channels'],
  ['POST', '/api/v1/channels/mail/test'],
])('when anybody but an admin asks for %s %s then it is refused', async (method, path) => {
  const { ask, recorded } = api(null, 'operate')
  expect(await ask(method, path)).toMatchObject({ status: 403 })
  expect(recorded).toEqual([])
})
