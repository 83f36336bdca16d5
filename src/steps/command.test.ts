import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type StepRoom, stepRoom, verbs } from '../../test/fakes/steps.ts'
import type { BackupRef, CommandStep } from '../core/plan/step.ts'

function running(here: StepRoom, script: string, more: Partial<CommandStep> = {}): CommandStep {
  return {
    kind: 'prepare',
    phase: 'before',
    detail: 'it',
    argv: [process.execPath, '-e', script],
    cwd: here.dir,
    user: null,
    timeoutMs: 20_000,
    restore: [],
    ...more,
  }
}

test('when a program succeeds, then it ran in the tree, without a shell, and its lines were told', async () => {
  await using here = await stepRoom()
  const script = 'console.log("line of " + process.argv[1]); require("fs").writeFileSync("made", process.cwd())'
  const step = running(here, script, { argv: [process.execPath, '-e', script, '$(touch shell)'] })
  expect(await verbs(here, step).apply()).toEqual({ ms: expect.any(Number) })
  expect(readFileSync(here.at('made'), 'utf8')).toBe(here.dir)
  expect(here.told).toContain('line of $(touch shell)')
})

test('when a program fails, then its code and its last lines are in the problem', async () => {
  await using here = await stepRoom()
  const step = running(here, 'for (let i = 0; i < 50; i++) console.error("line " + i); process.exitCode = 7')
  await expect(verbs(here, step).apply()).rejects.toMatchObject({
    problem: {
      code: 'E_COMMAND_FAILED',
      message: expect.stringMatching(/ended with 7: line 49$/),
      facts: { code: 7, cwd: here.dir, log: Array.from({ length: 20 }, (_, i) => `line ${i + 30}`) },
    },
  })
})

test('when a program says nothing, then that is said', async () => {
  await using here = await stepRoom()
  await expect(verbs(here, running(here, 'process.exit(1)')).apply()).rejects.toThrow('ended with 1: it said nothing')
})

test('when a program is killed, then the signal is named', async () => {
  await using here = await stepRoom()
  await expect(verbs(here, running(here, 'process.kill(process.pid, "SIGKILL")')).apply()).rejects.toThrow(
    /was ended by SIGKILL/,
  )
})

test('when a migration is undone, then the data is as in the backup, and what it left is kept aside', async () => {
  await using here = await stepRoom()
  here.plant({ 'data/rows': 'first' })
  const backup: BackupRef = { component: 'app', data: { type: 'path', path: here.at('data') }, dir: here.at('b/app/1') }
  await (await here.adapters.backup(backup.data)).create({
    ref: backup,
    version: '1',
    run: null,
    signal: here.context.signal,
  })
  const step = running(here, 'require("fs").writeFileSync("data/rows", "half"); process.exit(1)', {
    kind: 'migrate',
    restore: [{ backup, aside: here.at('b/app/aside') }],
  })
  const it = verbs(here, step)
  await expect(it.apply()).rejects.toThrow('ended with 1')
  await it.undo()
  expect(readFileSync(here.at('data/rows'), 'utf8')).toBe('first')
  expect(readFileSync(here.at('b/app/aside/data/rows'), 'utf8')).toBe('half')
  // Once more after a crash: what the old version has written since is not touched.
  writeFileSync(here.at('data/rows'), 'first and second')
  await it.undo()
  expect(readFileSync(here.at('data/rows'), 'utf8')).toBe('first and second')
  expect(readFileSync(here.at('b/app/aside/data/rows'), 'utf8')).toBe('half')
})

test('when the backup is gone, then a migration cannot be undone, and nothing is touched', async () => {
  await using here = await stepRoom()
  here.plant({ 'data/rows': 'half' })
  const backup: BackupRef = { component: 'app', data: { type: 'path', path: here.at('data') }, dir: here.at('b/app/1') }
  const restore = [{ backup, aside: here.at('b/app/aside') }]
  rmSync(here.at('b'), { recursive: true, force: true })
  await expect(verbs(here, running(here, '', { kind: 'migrate', restore })).undo()).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_MISSING', hint: expect.stringContaining('belay resume') },
  })
  expect(readFileSync(here.at('data/rows'), 'utf8')).toBe('half')
})
