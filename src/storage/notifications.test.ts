import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { fileNotifications } from './notifications.ts'

const offer = { component: 'app', version: '1.1.0', title: 'app 1.1.0', description: 'Faster.', files: ['a.py', 'ö b'] }

function opened() {
  const dir = mkdtempSync(join(tmpdir(), 'belay-offers-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  let now = 1000
  const clock = { now: () => now++, monotonic: () => now, bootId: () => 'boot', randomHex: () => '00' }
  return { dir, notifications: () => fileNotifications(dir, clock as never) }
}

/** More like the second, in one stroke: each that is recorded waits for the disk. */
function fill(dir: string, from: number, to: number): void {
  const database = new DatabaseSync(join(dir, 'notifications.db'))
  database.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to})
    INSERT INTO offers (component, version, title, description, files, created_at)
      SELECT component, '1.0.' || n, title, description, files, created_at FROM numbers, offers WHERE id = 2`)
  database.close()
}

test('when one update is found again and again, by several programs, then there is one record of it', () => {
  const { notifications } = opened()
  expect(notifications().list()).toEqual([])
  for (let i = 0; i < 3; i++) notifications().record(offer)
  notifications().record({ ...offer, version: '1.2.0', files: null })
  notifications().record({ ...offer, component: 'other' })
  expect(notifications().list()).toMatchObject([
    { id: 3, component: 'other', files: ['a.py', 'ö b'] },
    { id: 2, version: '1.2.0', files: null, dismissedAt: null },
    { ...offer, id: 1, createdAt: 1000 },
  ])
  expect(notifications().has('app', '1.1.0')).toBe(true)
  expect(notifications().has('app', '9.9.9')).toBe(false)
})

test('when one is dismissed twice, then the first time stays, and a number that nobody has changes nothing', () => {
  const { notifications } = opened()
  notifications().dismiss(1)
  notifications().record(offer)
  notifications().dismiss(1)
  const [before] = notifications().list()
  notifications().dismiss(1)
  notifications().dismiss(7)
  expect(before?.dismissedAt).not.toBeNull()
  expect(notifications().list()).toEqual([before])
})

test('when more are offered than are kept, then the oldest of that component go, and numbers are not used again', () => {
  const { dir, notifications } = opened()
  notifications().record({ ...offer, component: 'other' })
  notifications().record({ ...offer, version: '1.0.0' })
  fill(dir, 1, 199)
  for (let i = 200; i < 205; i++) notifications().record({ ...offer, version: `1.0.${i}` })
  const all = notifications().list()
  expect(all).toHaveLength(201)
  expect(all[0]).toMatchObject({ id: 206, version: '1.0.204' })
  expect(all.at(-1)).toMatchObject({ id: 1, component: 'other' })
})

test('when the file is no database, then it is said what to do, and nothing is lost by it', () => {
  const { dir, notifications } = opened()
  writeFileSync(join(dir, 'notifications.db'), 'x'.repeat(4096))
  expect(() => notifications().list()).toThrow(/notifications\.db cannot be used/)
})
