import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, test } from 'vitest'
import { publishReleases, type Releases } from '../../crash/support/world.ts'
import { cli, installed, standing } from '../faults/support/installed.ts'

let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

/** The seed joined the name to a folder, and removed what was there before it copied. */
test('W2: when a backup is named by a way out of its folder, then there is none of that name, and nothing is touched', async ({
  expect,
}) => {
  const world = await installed({ releases: releases.url })
  try {
    expect((await cli(world, ['backups', 'create', 'app'])).code).toBe(0)
    const { json } = await cli(world, ['backups', 'list'])
    const [{ id }] = (json as { backups: [{ id: string }] }).backups
    // One that looks like a backup, beside the place where they are kept.
    const folder = id.slice('app/'.length)
    const foreign = join(world.dir, 'backups', 'other', folder)
    await mkdir(foreign, { recursive: true })
    await writeFile(join(foreign, 'backup.json'), await readFile(join(world.dir, 'backups', id, 'backup.json')))
    const before = await standing(world)
    for (const name of [
      `other/${folder}`,
      `app/../other/${folder}`,
      `./${id}`,
      `${id}/`,
      '../../srv/app',
      foreign,
      '..',
      '',
    ]) {
      const refused = await cli(world, ['backups', 'restore', 'app', name, '--yes'])
      expect(refused.json.error, name).toMatchObject({ code: 'E_BACKUP_MISSING' })
      expect(refused.code, name).toBe(1)
    }
    expect(await standing(world)).toEqual(before)
  } finally {
    await world.remove()
  }
})
