// needs: users
import { chmodSync, chownSync } from 'node:fs'
import { expect, test } from 'vitest'
import { applyFiles, areFilesApplied, undoFiles } from '../../src/host/file-set/apply.ts'
import { planned, portrait, watch } from '../../src/host/file-set/testing.ts'
import type { Transaction } from '../../src/host/file-set/transaction.ts'
import { type Room, room } from '../../src/host/tree/testing.ts'
import { runTransaction } from './support/run-transaction.ts'

/**
 * Root makes folders that are to be somebody else's, and is killed at every call that makes one: whoever finds a folder
 * by its name finds it whole, since an update that goes on leaves what is there as it is.
 */
const only = ['mkdir', 'fchown', 'fchmod', 'rename', 'rmdir']
const owner = { uid: 1234, gid: 4321 }

interface World {
  readonly here: Room
  readonly it: Transaction
  readonly before: object
  readonly after: object
}

async function world(here: Room): Promise<World> {
  here.plant({ 'app/VERSION': '1', 'app/shared/a': 'old', 'app/gone/b/c': 'old', 'app/was-file': 'old' })
  chmodSync(here.at('app/shared'), 0o2775)
  chmodSync(here.at('app/gone/b'), 0o750)
  chownSync(here.at('app/gone/b'), 77, 78)
  const wishes = {
    'new/deep/x': 'new',
    'shared/y/z': 'new',
    'was-file': null,
    'was-file/inner': 'new',
    'gone/b/c': null,
    'gone/b': null,
  }
  const it = await planned(here.dir, wishes, { owner })
  const before = portrait(here.at('app'))
  await applyFiles(it, watch)
  const after = portrait(here.at('app'))
  expect(after['new/deep']).toBe('755 1234:4321 /')
  expect(after['shared/y']).toBe('2755 1234:4321 /')
  return { here, it, before, after }
}

test('when the process is killed at any call that makes a folder, then it ends all new, and then all old', async () => {
  await using room_ = await room()
  const { here, it, before, after } = await world(room_)
  await undoFiles(it)
  const { calls } = await runTransaction('apply', it, { how: 'die', at: 0, only })
  await undoFiles(it)
  expect(portrait(here.at('app'))).toEqual(before)
  expect(calls).toBeGreaterThan(20)
  for (let at = 1; at <= calls; at += 1) {
    const ended = await runTransaction('apply', it, { how: 'die', at, only })
    expect(ended.signal, ended.output).toBe('SIGKILL')
    if (at % 2 === 0) {
      await undoFiles(it)
      expect(portrait(here.at('app')), `call ${at}, back`).toEqual(before)
      await runTransaction('apply', it, { how: 'die', at, only })
    }
    if (!(await areFilesApplied(it))) await applyFiles(it, watch)
    expect(portrait(here.at('app')), `call ${at}, forward`).toEqual(after)
    await undoFiles(it)
    expect(portrait(here.at('app')), `call ${at}, forward and back`).toEqual(before)
  }
})

test('when it is killed at any such call of its way back, then the next one ends all old', async () => {
  await using room_ = await room()
  const { here, it, before } = await world(room_)
  const { calls } = await runTransaction('undo', it, { how: 'die', at: 0, only })
  expect(calls).toBeGreaterThan(5)
  for (let at = 1; at <= calls; at += 1) {
    await applyFiles(it, watch)
    const ended = await runTransaction('undo', it, { how: 'die', at, only })
    expect(ended.signal, ended.output).toBe('SIGKILL')
    await undoFiles(it)
    expect(portrait(here.at('app')), `call ${at}`).toEqual(before)
  }
})
