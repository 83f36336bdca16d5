import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { backupPlace } from './backup-place.ts'

let place = ''
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'belay-place-'))
})
afterEach(() => rm(place, { recursive: true, force: true }))

test('when the first place cannot be written then the next is taken, and one without room is passed over', async () => {
  await writeFile(join(place, 'file'), '')
  const good = join(place, 'good/deep')
  expect(await backupPlace([join(place, 'file/x'), '/sys/belay', good], 1000)).toBe(good)
  expect(await readdir(good)).toEqual([])
  await expect(backupPlace([join('/proc/none', 'deep')], 0)).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED' },
  })
  await expect(backupPlace([good, '/sys/belay'], 2 ** 60)).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED', message: expect.stringMatching(/bytes free.*\/sys\/belay/) },
  })
})

test('C3: when a place lies inside of the component’s tree then it is refused, also by way of a link', async () => {
  const tree = join(place, 'opt/core')
  await mkdir(tree, { recursive: true })
  await symlink(tree, join(place, 'innocent'))
  const good = join(place, 'opt/core-backups')
  const places = [tree, join(tree, 'backups'), join(place, 'innocent/backups'), good]
  expect(await backupPlace(places, 0, [tree])).toBe(good)
  expect(await readdir(tree)).toEqual([])
})
