// needs: users, mounts
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { folderInodes, portrait } from '../../src/host/file-set/testing.ts'
import { seeded } from './support/sample.ts'
import { publishReleases, World } from './support/world.ts'

/**
 * The whisper appliance: /opt is root's, /opt/whisper-appliance the application's, and belay runs as that user. Its
 * updater removed the whole folder and found that it could not make it again (W7); here no folder is ever removed.
 */
const nobody = 65534
const wrap = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']

let releases: Awaited<ReturnType<typeof publishReleases>>
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

async function closed(): Promise<World> {
  const world = await World.create('in-place', releases.url)
  chmodSync(world.dir, 0o755)
  for (const path of ['data.json', '']) chownSync(join(world.dir, path), nobody, nobody)
  mkdirSync(world.app)
  chownSync(world.app, nobody, nobody)
  const first = await world.run('update 1.0.0', { wrap })
  expect(first.reports[0]?.outcome, first.output).toBe('committed')
  await world.editPreserved('mine')
  for (const path of ['config/user.json', '.git/HEAD']) {
    mkdirSync(join(world.app, path, '..'), { recursive: true })
    writeFileSync(join(world.app, path), 'mine')
  }
  return world
}

/** Every folder that was there is there, and is the same one. */
function expectFolders(world: World, before: ReadonlyMap<string, number>): void {
  const now = folderInodes(world.app)
  for (const [path, inode] of before) expect([path, now.get(path)]).toEqual([path, inode])
}

describe('when the folder above belongs to root', () => {
  test('W7: then an update and its rollback change files alone, and remove no folder', async () => {
    const world = await closed()
    try {
      const [before, folders] = [portrait(world.app), folderInodes(world.app)]
      const updated = await world.run('update 1.1.0', { wrap })
      expect(updated.reports[0]?.outcome, updated.output).toBe('committed')
      expect((await world.look()).version).toBe('1.1.0')
      expectFolders(world, folders)
      expect(readFileSync(join(world.app, 'config/user.json'), 'utf8')).toBe('mine')
      expect(readFileSync(join(world.app, '.git/HEAD'), 'utf8')).toBe('mine')
      expect(readdirSync(join(world.dir, 'srv'))).toEqual(['app'])
      const back = await world.run('rollback', { wrap })
      expect(back.reports[0]?.outcome, back.output).toBe('committed')
      expect(await world.look()).toMatchObject({ version: '1.0.0', schema: 1 })
      expectFolders(world, folders)
      expect(portrait(world.app)).toEqual(before)
    } finally {
      await world.remove()
    }
  })

  test('W3: then an update that is never healthy leaves exactly what was, with nothing of it behind', async () => {
    const world = await closed()
    try {
      const [before, folders, seen] = [portrait(world.app), folderInodes(world.app), await world.look()]
      const failed = await world.run('update 1.2.0-broken', { wrap })
      expect(failed.reports[0]?.outcome, failed.output).toBe('rolled-back')
      expect(portrait(world.app)).toEqual(before)
      expect(folderInodes(world.app)).toEqual(folders)
      expect(await world.look()).toEqual(seen)
    } finally {
      await world.remove()
    }
  })

  test('and belay is killed at a record of the update, then it ends all old or all new', async () => {
    const world = await closed()
    try {
      const before = await world.look()
      const whole = await world.run('update 1.1.0', { wrap })
      const appends = Number(/APPENDS (\d+)/.exec(whole.output)?.[1])
      const after = await world.look()
      expect((await world.run('rollback', { wrap })).reports[0]?.outcome).toBe('committed')
      const points = Array.from({ length: appends }, (_, i) => `after:${i + 1}`)
      for (const at of seeded(points, 3, 'closed parent')) {
        const killed = await world.run('update 1.1.0', { wrap, kill: at })
        expect(killed.signal, killed.output).toBe('SIGKILL')
        const resumed = await world.run('resume', { wrap })
        const { rows: _, ...now } = await world.look()
        const { rows: _old, ...old } = before
        const { rows: _new, ...newer } = after
        expect([old, newer], `${at}: ${resumed.output}`).toContainEqual(now)
        if (now.version === '1.1.0')
          expect((await world.run('rollback', { wrap })).reports[0]?.outcome).toBe('committed')
      }
    } finally {
      await world.remove()
    }
  })

  test('and a file inside can be written by nobody, then the plan says which, and nothing is touched', async () => {
    const world = await closed()
    try {
      mkdirSync(join(world.app, 'ssl'))
      writeFileSync(join(world.app, 'ssl/key.pem'), 'key', { mode: 0o644 })
      const before = portrait(world.app)
      const refused = await world.run('update 1.1.0', { wrap })
      expect(refused.output).toContain('E_PERMISSION')
      expect(refused.output).toContain('ssl/key.pem')
      expect(portrait(world.app)).toEqual(before)
      expect(lstatSync(join(world.app, 'ssl/key.pem')).uid).toBe(0)
    } finally {
      await world.remove()
    }
  })

  test('and one folder inside is closed while its files are open, then those are written through', async () => {
    const world = await closed()
    try {
      const folder = join(world.app, 'lib/part-7')
      const inode = statSync(join(folder, 'module.js')).ino
      chmodSync(folder, 0o555)
      chownSync(folder, 0, 0)
      const updated = await world.run('update 1.1.0', { wrap })
      expect(updated.reports[0]?.outcome, updated.output).toBe('committed')
      expect(updated.reports[0]?.warnings).toBeDefined()
      expect(readFileSync(join(folder, 'module.js'), 'utf8')).toContain('1.1.0 7')
      expect(statSync(join(folder, 'module.js')).ino).toBe(inode)
      const back = await world.run('rollback', { wrap })
      expect(back.reports[0]?.outcome, back.output).toBe('committed')
      expect(readFileSync(join(folder, 'module.js'), 'utf8')).toContain('1.0.0 7')
    } finally {
      await world.remove()
    }
  })
})

describe('when the folder is a mount point, and belay is root', () => {
  test('then the new tree is completed by its user inside, and nothing of that is left', async () => {
    const world = await World.create('in-place', releases.url, {
      change: (config) => {
        const { app } = config.components
        return { ...config, components: { app: { ...app, strategy: { ...app.strategy, user: String(nobody) } } } }
      },
    })
    chmodSync(world.dir, 0o755)
    chownSync(join(world.dir, 'data.json'), nobody, nobody)
    mkdirSync(world.app)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=16m,uid=${nobody}`, 'tmpfs', world.app])
    try {
      for (const version of ['1.0.0', '1.0.1']) {
        const updated = await world.run(`update ${version}`)
        expect(updated.reports[0]?.outcome, updated.output).toBe('committed')
      }
      expect((await world.look()).version).toBe('1.0.1')
      expect(statSync(join(world.app, 'prepared')).uid).toBe(nobody)
      expect(statSync(join(world.app, 'lib/part-1')).uid).toBe(nobody)
      expect(readdirSync(world.app)).not.toContain('.belay')
      const [before, folders] = [portrait(world.app), folderInodes(world.app)]
      const failed = await world.run('update 1.2.0-broken')
      expect(failed.reports[0]?.outcome, failed.output).toBe('rolled-back')
      // The failed tree is evidence, until the next update.
      expect(Object.keys(portrait(world.app)).filter((path) => !path.startsWith('.belay'))).toEqual(Object.keys(before))
      const back = await world.run('rollback')
      expect(back.reports[0]?.outcome, back.output).toBe('committed')
      expect((await world.look()).version).toBe('1.0.0')
      expectFolders(world, folders)
    } finally {
      await world.stop()
      execFileSync('umount', ['-l', world.app])
      await world.remove()
    }
  })
})
