import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BackupRecord } from '../ports/backup.ts'
import { copyBackup, listBackups, needRecord, pruneBackups, readRecord, writeRecord } from './backup-record.ts'

let place = ''
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'belay-record-'))
})
afterEach(() => rm(place, { recursive: true, force: true }))

async function plant(name: string, day: number, more: Partial<BackupRecord> = {}): Promise<void> {
  const dir = join(place, 'app', name)
  await mkdir(join(dir, 'data'), { recursive: true })
  await writeRecord(dir, {
    v: 1,
    component: 'app',
    kind: 'path',
    source: '/srv/data',
    created: `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`,
    version: '1.0.0',
    run: `r-0000000${day}`,
    bytes: 1,
    files: 1,
    sha256: 'a'.repeat(64),
    left: [],
    ...more,
  })
}

const prune = async (keep: number, keepForMs: number | null = null) =>
  (await pruneBackups(place, 'app', { keep, keepForMs })).removed

const names = async () => (await listBackups(place, 'app')).map(({ id }) => id)

test('when backups are listed then the good ones come newest first, and nothing else', async () => {
  await plant('b1', 1)
  await plant('b3', 3)
  await plant('b2', 2)
  for (const name of ['half.partial', 'b9.removing', 'b1.aside', 'stranger']) await mkdir(join(place, 'app', name))
  await plant('other', 5, { component: 'web' })
  await mkdir(join(place, 'app/broken'))
  await writeFile(join(place, 'app/broken/backup.json'), '{"v":1')
  expect(await names()).toEqual(['app/b3', 'app/b2', 'app/b1'])
  expect((await listBackups(place, 'app'))[0]).toMatchObject({
    place,
    dir: join(place, 'app/b3'),
    record: { version: '1.0.0' },
  })
  expect(await listBackups(place, 'none')).toEqual([])
})

test('when a record is missing or broken then the two are told apart', async () => {
  await mkdir(join(place, 'app/broken'), { recursive: true })
  expect(await readRecord(join(place, 'app/gone'))).toBeNull()
  await expect(needRecord(join(place, 'app/gone'))).rejects.toMatchObject({ problem: { code: 'E_BACKUP_MISSING' } })
  await writeFile(join(place, 'app/broken/backup.json'), '[]')
  await expect(readRecord(join(place, 'app/broken'))).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_UNREADABLE' },
  })
})

test('when old backups are pruned then each data keeps its newest runs, and two of one run count once', async () => {
  for (const day of [1, 2, 3]) await plant(`path${day}`, day)
  await plant('path3-final', 3)
  for (const day of [1, 2]) await plant(`db${day}`, day, { kind: 'sqlite', source: '/srv/app.db' })
  await mkdir(join(place, 'app/left.partial'))
  await mkdir(join(place, 'app/path1.aside~r-1'))
  await mkdir(join(place, 'app/path3.aside~r-1'))
  expect(await prune(2)).toEqual(['app/path1'])
  expect((await readdir(join(place, 'app'))).toSorted()).toEqual([
    'db1',
    'db2',
    'path2',
    'path3',
    'path3-final',
    'path3.aside~r-1',
  ])
  expect(await prune(0)).toEqual(['app/path2', 'app/db1'])
})

test('when backups have an age, then older ones go too, and the newest run stays however old it is', async () => {
  const dayMs = 86_400_000
  const now = Date.now()
  const daysAgo = (days: number) => ({ created: new Date(now - days * dayMs).toISOString() })
  await plant('path9', 1, { ...daysAgo(9), run: null })
  await plant('path5', 1, daysAgo(5))
  await plant('path5-final', 1, daysAgo(5))
  await plant('path1', 3, daysAgo(1))
  await plant('db9', 1, { ...daysAgo(9), kind: 'sqlite', source: '/srv/app.db' })
  await plant('db9-final', 1, { ...daysAgo(9), kind: 'sqlite', source: '/srv/app.db' })
  expect(await prune(5, 6 * dayMs)).toEqual(['app/path9'])
  expect((await prune(5, 4 * dayMs)).toSorted()).toEqual(['app/path5', 'app/path5-final'])
  expect((await names()).toSorted()).toEqual(['app/db9', 'app/db9-final', 'app/path1'])
})

test('when what a restore left elsewhere cannot be taken away, then its backup stays for the next time', async () => {
  for (const day of [1, 2]) await plant(`path${day}`, day)
  await mkdir(join(place, 'app/path1.aside~r-1'))
  const retention = { keep: 1, keepForMs: null }
  const failing = await pruneBackups(place, 'app', retention, async () => {
    throw new Error('no server')
  })
  expect(failing).toEqual({ removed: [], failed: [expect.stringContaining('no server')] })
  expect((await readdir(join(place, 'app'))).toSorted()).toEqual(['path1', 'path1.aside~r-1', 'path2'])
  const told: string[] = []
  const pruned = await pruneBackups(place, 'app', retention, async ({ source }, aside) => {
    told.push(source, aside)
  })
  expect(pruned).toEqual({ removed: ['app/path1'], failed: [] })
  expect(told).toEqual(['/srv/data', join(place, 'app/path1.aside~r-1')])
  expect(await readdir(join(place, 'app'))).toEqual(['path2'])
})

test('when a removal was cut off then it is not a backup any more, and goes with the next', async () => {
  await plant('b1', 1)
  await plant('b2.removing', 2)
  expect(await names()).toEqual(['app/b1'])
  await prune(5)
  expect(await readdir(join(place, 'app'))).toEqual(['b1'])
})

test('when a backup is copied elsewhere then it is one there, and copying again changes nothing', async () => {
  await plant('b1', 1)
  await writeFile(join(place, 'app/b1/data/file'), 'x')
  const second = join(place, 'second')
  await copyBackup(join(place, 'app/b1'), second, 'app')
  const [found] = await listBackups(second, 'app')
  expect(found).toMatchObject({ id: 'app/b1', record: { version: '1.0.0' } })
  const { ino } = await stat(join(second, 'app/b1'))
  await copyBackup(join(place, 'app/b1'), second, 'app')
  expect((await stat(join(second, 'app/b1'))).ino).toBe(ino)
})

test('when a folder may not be listed then there are no backups in it, not an error', async () => {
  await mkdir(join(place, 'app'))
  await chmod(join(place, 'app'), 0o700)
  expect(await names()).toEqual([])
})
