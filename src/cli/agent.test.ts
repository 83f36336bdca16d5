import { expect, test } from 'vitest'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { fail } from '../core/model/problem.ts'
import type { AgentEnd, AgentLine } from '../ports/agent.ts'
import { runCli } from './program.ts'

const line: AgentLine = { level: 'warn', component: 'core', run: 'r-1', text: 'it said\n2026 error forged' }

async function agent(words: string, env = {}, end: AgentEnd = 'stopped') {
  const screen = fakeTerminal({ env })
  const ports = portsWith(null, { agent: async (_, say) => (say(line), end) })
  const code = await runCli(words.split(' '), screen.io, ports)
  return { code, out: screen.out() }
}

test('when a line has a break in it then it is still one line, with its time and level', async () => {
  const { code, out } = await agent('agent')
  expect([code, out]).toEqual([0, '2026-11-20T12:00:00.000Z warn core r-1: it said 2026 error forged\n'])
})

test('when the journal listens then it gets the level in its own way, and keeps the time itself', async () => {
  expect((await agent('agent', { JOURNAL_STREAM: '8:1' })).out).toBe('<4>core r-1: it said 2026 error forged\n')
})

test('when JSON is asked for then each line is a document', async () => {
  expect(JSON.parse((await agent('agent --json')).out)).toEqual({ time: '2026-11-20T12:00:00.000Z', ...line })
})

test('when a run was left behind then the code says that somebody is needed', async () => {
  expect((await agent('agent', {}, 'left')).code).toBe(4)
})

test('when it is told to read its config again then who did is said, and why it did not', async () => {
  const screen = fakeTerminal()
  const reloaded = { pid: 7, config: '/etc/belay/belay.yaml' }
  const code = await runCli(['reload'], screen.io, portsWith(null, { reload: async () => reloaded }))
  expect([code, screen.out()]).toEqual([0, 'The agent (process 7) has read /etc/belay/belay.yaml again.\n'])
  const refused = portsWith(null, { reload: () => Promise.reject(fail('E_AGENT_ABSENT', 'No agent runs.')) })
  expect(await runCli(['reload'], fakeTerminal().io, refused)).toBe(1)
})
