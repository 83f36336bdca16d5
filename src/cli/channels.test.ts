import { expect, test } from 'vitest'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { fail } from '../core/model/problem.ts'
import type { ChannelReport } from '../ports/channels.ts'
import { runCli } from './program.ts'

const mail: ChannelReport = {
  name: 'mail',
  type: 'email',
  on: ['stuck'],
  components: null,
  waiting: 2,
  given_up: 1,
  last_sent: '2026-11-20T11:56:00.000Z',
  last_problem: { code: 'E_NETWORK', message: 'smtp.example.com cannot be reached', hint: 'Check its name.' },
}
const chat: ChannelReport = { ...mail, name: 'chat', type: 'slack', waiting: 0, given_up: 0, last_problem: null }

async function belay(words: string, list: readonly ChannelReport[] = [mail, chat]) {
  const tested: string[] = []
  const screen = fakeTerminal({})
  const channels = async () => ({
    list: async () => list,
    async test(name: string) {
      if (!list.some((each) => each.name === name)) throw fail('E_USAGE', `There is no channel ${name}.`)
      tested.push(name)
    },
  })
  const code = await runCli(words.split(' '), screen.io, portsWith(null, { channels }))
  return { code, tested, out: screen.out(), err: screen.err() }
}

test('when channels are listed then each is, with what waits, and why the last message did not go', async () => {
  const { code, out } = await belay('notifications channels')
  expect(code).toBe(0)
  expect(out.split('\n')).toEqual([
    'channel  type   last sent      waiting  given up',
    'mail     email  4 minutes ago  2        1',
    'chat     slack  4 minutes ago  0        0',
    '',
    'mail: smtp.example.com cannot be reached',
    '  Check its name.',
    '',
  ])
  expect(JSON.parse((await belay('notifications channels --json')).out)).toEqual({ channels: [mail, chat] })
})

test('when there are none then it is said where they are named', async () => {
  expect((await belay('notifications channels', [])).out).toMatch(/agent\.notify/)
})

test('when one is tested then it is sent a message, and one that is not there is told', async () => {
  const { code, tested, out } = await belay('notifications test mail')
  expect([code, tested, out]).toEqual([0, ['mail'], 'mail took the test message.\n'])
  expect(JSON.parse((await belay('notifications test mail --json')).out)).toEqual({ channel: 'mail', sent: true })
  const wrong = await belay('notifications test male')
  expect([wrong.code, wrong.tested]).toEqual([2, []])
})
