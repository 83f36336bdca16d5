import { expect, test } from 'vitest'
import { runReport, scriptedEngine } from '../../test/fakes/engine.ts'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import { runCli } from './program.ts'

/** What takes something away, or moves what somebody made by hand, is asked about as an update is. */
async function belay(words: string, terminal: Parameters<typeof fakeTerminal>[0] = {}) {
  const engine = scriptedEngine({ reshape: async () => runReport() })
  const screen = fakeTerminal(terminal)
  const code = await runCli(words.split(' '), screen.io, portsWith(engine))
  return { code, calls: engine.calls, out: screen.out() }
}

const destructive = [
  ['adopt core', 'Take core over into kept versions?', 'adopt core {}'],
  ['forget core', 'Release core as a plain folder?', 'forget core {}'],
  ['backups restore core b-1', 'Restore this backup of core?', 'restore b-1 of core {}'],
] as const

test.each(destructive)('when %s is typed on a terminal then it is asked about first', async (words, asked, call) => {
  const refused = await belay(words, { columns: 100, answers: ['n'] })
  expect(refused).toMatchObject({ code: 1, calls: [] })
  expect(refused.out).toContain('  4  switch ')
  expect(refused.out).toContain(asked)
  expect(refused.out).toMatch(/Nothing was changed\.\n$/)
  expect(await belay(words, { columns: 100, answers: ['y'] })).toMatchObject({ code: 0, calls: [call] })
})

test.each(destructive)('when %s is said with --yes, or nobody is there, then it is done', async (words, _, call) => {
  for (const done of [await belay(`${words} --yes`, { columns: 100, answers: [] }), await belay(words)]) {
    expect(done).toMatchObject({ code: 0, calls: [call] })
    expect(done.out).not.toContain('[Y/n]')
  }
})
