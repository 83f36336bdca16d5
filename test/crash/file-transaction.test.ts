import { chmodSync, chownSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { applyFiles, areFilesApplied, undoFiles } from '../../src/host/file-set/apply.ts'
import { planned, portrait, watch, type Wish } from '../../src/host/file-set/testing.ts'
import type { Transaction } from '../../src/host/file-set/transaction.ts'
import { type Room, room } from '../../src/host/tree/testing.ts'
import { arm, type Fault, Stopped } from './support/fs-faults.ts'
import { seed, seeded, whole } from './support/sample.ts'
import { runTransaction } from './support/run-transaction.ts'

/**
 * A file transaction of 60 files, of every kind of change, that ends at any of its calls: recovered forward it is all
 * new, recovered back it is all old, to the last mode, owner and link. At every rename the process is really killed; at
 * other calls (a sample in `npm test`), and at every write of a disk that is full, the test goes on without changing
 * anything.
 */
const changesNames = ['rename', 'link', 'symlink', 'unlink', 'rmdir', 'mkdir']

type World = Room & { readonly it: Transaction; readonly before: object; readonly after: object }

async function world(): Promise<World> {
  const here = await room()
  const files: Record<string, string> = {}
  for (let i = 0; i < 40; i += 1) files[`app/apps/part ${i % 6}/views_${i}.py`] = `old ${i}\n`.repeat(i * 40)
  for (let i = 0; i < 8; i += 1) files[`app/old/gone_${i}.html`] = `old ${i}`
  here.plant({
    ...files,
    'app/link': '-> apps/part 0',
    'app/was-file': 'old',
    'app/was-folder/a': 'old',
    'app/was-folder/b/c': 'old',
    'app/tool.sh': '#!/bin/sh',
    'app/data/user.db': 'rows',
    'state/app.json': 'one',
  })
  chmodSync(here.at('app/apps/part 1/views_1.py'), 0o400)
  if (process.getuid?.() === 0) chownSync(here.at('app/apps/part 2/views_2.py'), 1234, 4321)
  chmodSync(here.at('state/app.json'), 0o600)
  const it = await planned(here.dir, wishes(), {
    record: { path: here.at('state/app.json'), next: here.at('set/record.json') },
  })
  here.plant({ 'set/record.json': 'two' })
  const before = look(here)
  await applyFiles(it, watch)
  const after = look(here)
  await undoFiles(it)
  expect(look(here)).toEqual(before)
  return { ...here, it, before, after }
}

function wishes(): Record<string, Wish> {
  const all: Record<string, Wish> = {}
  for (let i = 0; i < 36; i += 1) all[`apps/part ${i % 6}/views_${i}.py`] = `new ${i}\n`.repeat((36 - i) * 40)
  for (let i = 0; i < 8; i += 1) all[`old/gone_${i}.html`] = null
  for (let i = 0; i < 8; i += 1) all[`apps/new ${i % 3}/deep/er/Übersicht_${i}.py`] = `new ${i}`
  return {
    ...all,
    link: '-> apps/part 1',
    'was-file': null,
    'was-file/inner': 'new',
    'was-folder': 'new',
    'was-folder/a': null,
    'was-folder/b/c': null,
    'tool.sh': { text: '#!/bin/sh', mode: 0o755 },
  }
}

function look(here: Room): object {
  return { app: portrait(here.at('app')), state: portrait(here.at('state')) }
}

/** From what the fault left, in one direction; then back to the start, for the next fault. */
async function recover({ it, before, after, ...here }: World, direction: 'forward' | 'back', point: string) {
  if (direction === 'forward') {
    if (!(await areFilesApplied(it))) await applyFiles(it, watch)
    expect(look(here), `${point}, forward`).toEqual(after)
    expect(await areFilesApplied(it), point).toBe(true)
  }
  expect(await undoFiles(it), point).toEqual([])
  expect(look(here), `${point}, ${direction}`).toEqual(before)
  expect(portrait(here.at('backups')), point).toEqual({ app: expect.stringMatching(/\/$/) })
}

async function disturbed(it: Transaction, fault: Fault, verb: 'apply' | 'undo' = 'apply'): Promise<number> {
  const armed = await arm(fault)
  try {
    if (verb === 'apply') await applyFiles(it, watch)
    else await undoFiles(it)
  } catch (error) {
    if (!(error instanceof Stopped) && !(error instanceof Error && 'code' in error && error.code === 'ENOSPC'))
      throw error
  } finally {
    armed.disarm()
  }
  return armed.calls()
}

const directions = ['forward', 'back'] as const

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}

describe(`60 files (seed ${seed})`, () => {
  test('when the process is killed at any rename, then it ends all old or all new', async () => {
    await using here = await world()
    const { calls } = await runTransaction('apply', here.it, { how: 'die', at: 0, only: ['rename'] })
    await undoFiles(here.it)
    expect(calls).toBeGreaterThan(45)
    for (const at of upTo(calls)) {
      const direction = directions[at % 2] ?? 'back'
      const other = directions[(at + 1) % 2] ?? 'back'
      const ended = await runTransaction('apply', here.it, { how: 'die', at, only: ['rename'] })
      expect(ended.signal, ended.output).toBe('SIGKILL')
      await recover(here, direction, `killed at rename ${at}`)
      await disturbed(here.it, { how: 'stop', at, only: ['rename'] })
      await recover(here, other, `stopped at rename ${at}`)
    }
  })

  test('when it ends at any other call that changes a name, then it ends all old or all new', async () => {
    await using here = await world()
    const only = changesNames.filter((name) => name !== 'rename')
    const calls = await disturbed(here.it, { how: 'stop', at: 0, only })
    await undoFiles(here.it)
    expect(calls).toBeGreaterThan(80)
    for (const [i, at] of seeded(upTo(calls), 60, 'names').entries()) {
      const both = whole ? directions : [directions[i % 2] ?? 'back']
      for (const direction of both) {
        expect(await disturbed(here.it, { how: 'stop', at, only })).toBe(at)
        await recover(here, direction, `name ${at}`)
      }
    }
  })

  test('when it ends at any call at all, then it ends all old or all new', async () => {
    await using here = await world()
    const calls = await disturbed(here.it, { how: 'stop', at: 0 })
    await undoFiles(here.it)
    const points = seeded(upTo(calls), 40, 'calls')
    for (const [i, at] of points.entries()) {
      const both = whole ? directions : [directions[i % 2] ?? 'back']
      for (const direction of both) {
        expect(await disturbed(here.it, { how: 'stop', at })).toBe(at)
        await recover(here, direction, `call ${at}`)
      }
    }
  })

  test('when the disk is full at any write, then all is old without a byte of room, or new once there is some', async () => {
    await using here = await world()
    const calls = await disturbed(here.it, { how: 'full', at: 0 })
    await undoFiles(here.it)
    expect(calls).toBeGreaterThan(45)
    for (const at of upTo(calls)) {
      await disturbed(here.it, { how: 'full', at })
      expect(await areFilesApplied(here.it), `write ${at}`).toBe(false)
      await recover(here, 'forward', `write ${at}`)
      await disturbed(here.it, { how: 'full', at })
      await recover(here, 'back', `write ${at}`)
    }
  })

  test('when the undo itself ends at any call, then the next one brings back what was', async () => {
    await using here = await world()
    await applyFiles(here.it, watch)
    const calls = await disturbed(here.it, { how: 'stop', at: 0 }, 'undo')
    const points = seeded(upTo(calls), 30, 'undo')
    for (const at of points) {
      await applyFiles(here.it, watch)
      expect(await disturbed(here.it, { how: 'stop', at }, 'undo')).toBe(at)
      await recover(here, 'back', `undo ${at}`)
    }
  })

  test('when an update of which half is done meets a full disk on its way back, then that needs no room', async () => {
    await using here = await world()
    const renames = await disturbed(here.it, { how: 'stop', at: 0, only: ['rename'] })
    await undoFiles(here.it)
    for (const at of seeded(upTo(renames), 10, 'full')) {
      await disturbed(here.it, { how: 'stop', at, only: ['rename'] })
      const armed = await arm({ how: 'full', at: 1 })
      try {
        await undoFiles({ ...here.it, record: null })
      } finally {
        armed.disarm()
      }
      expect(portrait(here.at('app'))).toEqual((here.before as { app: object }).app)
      await disturbed(here.it, { how: 'stop', at: 0 })
      await undoFiles(here.it)
    }
  })
})
