import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type StepRoom, stepRoom, verbs } from '../../test/fakes/steps.ts'
import type { BackupStep } from '../core/plan/step.ts'
import { readRecord } from '../host/backup-record.ts'

function backingUp(here: StepRoom, more: Partial<BackupStep> = {}): BackupStep {
  return {
    kind: 'backup',
    phase: 'before',
    detail: 'data',
    backup: { component: 'app', data: { type: 'path', path: here.at('data') }, dir: here.at('backups/app/r-1') },
    version: '1.0.4',
    copies: [],
    ...more,
  }
}

describe('backup', () => {
  test('when it is made, then it says whose and what it is', async () => {
    await using here = await stepRoom()
    here.plant({ 'data/rows': 'first' })
    const facts = await verbs(here, backingUp(here)).apply()
    expect(facts).toEqual({ dir: here.at('backups/app/r-1'), bytes: 5, files: 1 })
    expect(await readRecord(here.at('backups/app/r-1'))).toMatchObject({
      component: 'app',
      version: '1.0.4',
      run: here.context.run,
    })
  })

  test('when a second place takes a copy, then it is a backup of its own', async () => {
    await using here = await stepRoom()
    here.plant({ 'data/rows': 'first' })
    await verbs(here, backingUp(here, { copies: [here.at('usb')] })).apply()
    expect(await readRecord(here.at('usb/app/r-1'))).toMatchObject({ component: 'app' })
  })

  test('when the second place fails, then that is a warning, and the backup stands', async () => {
    await using here = await stepRoom()
    here.plant({ 'data/rows': 'first', usb: 'a file' })
    const facts = await verbs(here, backingUp(here, { copies: [here.at('usb')] })).apply()
    expect(facts).toMatchObject({ files: 1, warnings: [expect.stringContaining(here.at('usb'))] })
  })

  test('when it cannot be made, then that is an error', async () => {
    await using here = await stepRoom()
    await expect(verbs(here, backingUp(here)).apply()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_FAILED' } })
  })

  test('when it was damaged since, then it is not taken for one', async () => {
    await using here = await stepRoom()
    here.plant({ 'data/rows': 'first' })
    const it = verbs(here, backingUp(here))
    await it.apply()
    expect(await it.observe()).toBe('present')
    writeFileSync(here.at('backups/app/r-1/data/rows'), 'damaged')
    expect(await it.observe()).toBe('absent')
  })

  test('when a crash left half of one, then undo takes that away and leaves whole ones', async () => {
    await using here = await stepRoom()
    here.plant({ 'data/rows': 'first', 'backups/app/r-1.partial/x': '' })
    const it = verbs(here, backingUp(here))
    await it.undo()
    expect(existsSync(here.at('backups/app/r-1.partial'))).toBe(false)
    await it.apply()
    await it.undo()
    expect(existsSync(here.at('backups/app/r-1/backup.json'))).toBe(true)
  })
})

describe('restore', () => {
  test('when it is undone after a crash in the middle, then the present data is back', async () => {
    await using here = await stepRoom()
    here.plant({ 'data/rows': 'first' })
    const { backup } = backingUp(here)
    await verbs(here, backingUp(here)).apply()
    writeFileSync(here.at('data/rows'), 'second')
    const restore = { backup, aside: here.at('backups/app/r-1.aside') }
    const it = verbs(here, { kind: 'restore', phase: 'stopped', detail: 'x', restore })
    expect(await it.apply()).toEqual({ from: backup.dir, aside: restore.aside })
    expect(readFileSync(here.at('data/rows'), 'utf8')).toBe('first')
    expect(readFileSync(here.at('backups/app/r-1.aside/data/rows'), 'utf8')).toBe('second')
    await it.undo()
    expect(readFileSync(here.at('data/rows'), 'utf8')).toBe('second')
  })
})

test('when old backups are removed, then the step names them', async () => {
  await using here = await stepRoom()
  here.plant({ 'data/rows': 'first' })
  for (const id of ['r-1', 'r-2', 'r-3']) {
    const { backup } = backingUp(here)
    const step = backingUp(here, { backup: { ...backup, dir: here.at(`backups/app/${id}`) } })
    await here.handlers.backup.apply(step, { ...here.context, run: id as typeof here.context.run })
  }
  const prune = { kind: 'prune-backups', phase: 'cleanup', detail: 'x', component: 'app', keep: 1 } as const
  const { removed } = await verbs(here, { ...prune, places: [here.at('backups')] }).apply()
  expect(removed).toHaveLength(2)
})
