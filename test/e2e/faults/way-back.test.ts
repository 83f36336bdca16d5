import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { hashTree } from '../../../src/host/tree/hash.ts'
import { packApp } from '../../crash/support/app.ts'
import { type Layout, publishReleases, type Releases, World } from '../../crash/support/world.ts'
import { belay, cli, installed, keptAside, names, standing, withApp, withStrategy } from './support/installed.ts'

/** A way back exists before anything is touched, and what is not wanted stays to be looked at. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases((dir) => packApp(dir, '1.0.2-flapping', 1))
})
afterAll(() => releases.close())

const layouts: readonly Layout[] = ['slots', 'in-place']

describe.concurrent('when a backup cannot be made', () => {
  test('then the update ends before the service is stopped', async ({ expect }) => {
    const world = await installed({
      releases: releases.url,
      app: (app, { dir }) => ({ ...app, data: [{ type: 'path', path: join(dir, 'data') }] }),
    })
    try {
      // Half a database: what would be restored from a copy of it might not open.
      await mkdir(join(world.dir, 'data'))
      await writeFile(
        join(world.dir, 'data', 'app.db'),
        Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 7)]),
      )
      const before = await standing(world, keptAside)
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
      expect(said.json.problem, said.stdout + said.stderr).toMatchObject({ code: 'E_BACKUP_FAILED', hint: /\w/ })
      expect(said).toMatchObject({ code: 1, json: { outcome: 'failed', downtime_ms: 0 } })
      expect(said.json.steps?.find((step) => step.kind === 'stop')?.state).toBe('skipped')
      expect(await standing(world, keptAside)).toEqual(before)
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('when a version is never healthy', () => {
  for (const layout of layouts) {
    test(`then it is kept aside and the report names it (${layout})`, async ({ expect }) => {
      const world = await installed({ releases: releases.url, layout })
      try {
        const before = await world.look()
        const report = await belay(world, (open) => open.update('app', { to: '1.2.0-broken' }))
        expect(report).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } })
        expect(await world.look()).toEqual(before)
        const failed = report.kept.find((path) => path.includes('failed~')) ?? 'nothing'
        expect(await readFile(join(failed, 'VERSION'), 'utf8')).toBe('1.2.0-broken\n')
        expect(await names(join(world.state, 'runs'))).toEqual([])

        const again = await belay(world, (open) => open.update('app', { to: '1.2.0-broken', now: true }))
        expect(again.outcome).toBe('rolled-back')
        // Only the last one stays: an update that fails every night must not fill the disk.
        expect(await names(dirname(failed))).not.toContain(basename(failed))
      } finally {
        await world.remove()
      }
    })
  }

  test('because it ends again and again, then it is rolled back', async ({ expect }) => {
    const world = await installed({ releases: releases.url })
    try {
      const before = await world.look()
      const report = await belay(world, (open) => open.update('app', { to: '1.0.2-flapping' }))
      expect(report, JSON.stringify(report.problem)).toMatchObject({ outcome: 'rolled-back' })
      expect(report.problem?.hint).toMatch(/\w/)
      expect(await world.look()).toEqual(before)
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('when the new version is prepared', () => {
  for (const layout of layouts) {
    test(`then nothing but its own tree is written (${layout})`, async ({ expect }) => {
      // It writes to what was carried over, too: a tree that shared files with the running one would show it.
      const script = 'pwd > where; mkdir -p .venv/bin; echo more >> config/user.json'
      const world = await installed({
        releases: releases.url,
        layout,
        app: withStrategy(() => ({ prepare: [['sh', '-c', script]] })),
      })
      // All but what the new version and its failed copy lie in.
      const surroundings = () =>
        hashTree(join(world.dir, 'srv'), { exclude: ['app/releases/.failed~*', '.app.belay'], modes: false })
      try {
        const before = await surroundings()
        const report = await belay(world, (open) => open.update('app', { to: '1.2.0-broken' }))
        expect(report.outcome).toBe('rolled-back')
        expect(await surroundings()).toBe(before)
        const failed = report.kept.find((path) => path.includes('failed~')) ?? 'nothing'
        const where = (await readFile(join(failed, 'where'), 'utf8')).trim()
        const unpacked = report.steps.find((step) => step.kind === 'unpack')?.detail
        expect(unpacked).toContain(where)
        expect(await readFile(join(failed, 'config/user.json'), 'utf8')).toBe('edited')
      } finally {
        await world.remove()
      }
    })
  }
})

describe.concurrent('when belay cannot see the service', () => {
  test('then it asks for a restart instead of calling it a success', async ({ expect }) => {
    const app = withStrategy(() => ({ service: { type: 'none' } }))
    const change = withApp((plain, world) => ({
      ...app(plain, world),
      checks: { before: [], after: [{ type: 'version_check' }] },
    }))
    const world = await World.create('slots', releases.url, { change })
    try {
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
      expect(said.json, said.stderr).toMatchObject({ outcome: 'committed', restart_required: true })
      expect(said.stderr).toMatch(/restart/i)
    } finally {
      await world.remove()
    }
  })
})
