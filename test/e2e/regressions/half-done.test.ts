import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { hashTree } from '../../../src/host/tree/hash.ts'
import { packApp } from '../../crash/support/app.ts'
import { type Layout, publishReleases, type Releases } from '../../crash/support/world.ts'
import { faultyReleases, status } from '../faults/support/faulty.ts'
import {
  belay,
  cli,
  installed,
  keptAside,
  names,
  refusal,
  standing,
  withStrategy,
} from '../faults/support/installed.ts'

/** Updates that end half-way: shared/REGRESSIONS' D2, D14 and W4, on a running application. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases((dir) => packApp(dir, '1.0.2-flapping', 1))
})
afterAll(() => releases.close())

/** A command that the first installation leaves out. */
const onUpdate = (script: string): readonly string[] => ['sh', '-c', `test "$(cat VERSION)" = 1.0.0 || { ${script}; }`]
const layouts: readonly Layout[] = ['slots', 'in-place']

describe.concurrent('D2: when an update fails after the old version was touched', () => {
  for (const layout of layouts) {
    test(`D2: when the migration fails, then version, data and service are as before (${layout})`, async ({
      expect,
    }) => {
      const app = withStrategy(({ dir }) => ({ migrate: [onUpdate(`echo broken > ${dir}/data.json; exit 1`)] }))
      const world = await installed({ releases: releases.url, layout, app })
      try {
        const before = await world.look()
        const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
        expect(said, said.stderr).toMatchObject({
          code: 3,
          json: { outcome: 'rolled-back', problem: { code: 'E_COMMAND_FAILED', hint: /\w/ } },
        })
        expect(await world.look()).toEqual(before)
      } finally {
        await world.remove()
      }
    })
  }

  for (const layout of layouts) {
    test(`D2: when data that lie in the tree are migrated, then the new version has them as migrated (${layout})`, async ({
      expect,
    }) => {
      const app = withStrategy(() => ({ migrate: [onUpdate('echo \\"migrated\\" > config/user.json')] }))
      const world = await installed({ releases: releases.url, layout, app })
      try {
        const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
        expect(said, said.stderr).toMatchObject({ code: 0, json: { outcome: 'committed' } })
        expect(await world.look()).toMatchObject({ preserved: '"migrated"\n' })
      } finally {
        await world.remove()
      }
    })
  }

  test('D2: when the new version does not start, then the old one serves again', async ({ expect }) => {
    const world = await installed({ releases: releases.url })
    try {
      const before = await world.look()
      const report = await belay(world, (open) => open.update('app', { to: '1.0.2-flapping' }))
      expect(report.outcome, JSON.stringify(report.problem)).toBe('rolled-back')
      // Seen at its start, or by the first check where this machine is slow.
      expect(['E_SERVICE_START', 'E_CHECK_FAILED']).toContain(report.problem?.code)
      expect(await world.look()).toEqual(before)
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('D14: when the power fails in the middle of a migration', () => {
  test('D14: when it fails again and again, then that run is undone, not begun anew, and the good backup and version stay', async ({
    expect,
  }) => {
    const cut = withStrategy(({ dir }) => ({
      migrate: [onUpdate(`echo half > ${dir}/data.json; kill -9 $PPID; sleep 5`)],
    }))
    const world = await installed({
      releases: releases.url,
      // One of each is kept: a second bad one would push the good one out.
      app: (app, at) => ({ ...cut(app, at), backups: { path: [join(at.dir, 'backups')], keep: 1 } }),
    })
    try {
      const before = await world.look()
      const good = await hashTree(join(world.app, 'releases', '1.0.0'))
      for (let cuts = 1; cuts <= 2; cuts++) {
        expect((await world.run('update 1.0.1')).signal).toBe('SIGKILL')
        expect(await readFile(join(world.dir, 'data.json'), 'utf8')).toBe('half\n')
        const { reports, output } = await world.run('resume')
        expect(reports, output).toMatchObject([{ outcome: 'rolled-back', problem: { code: 'E_INTERRUPTED' } }])
        expect(await world.look()).toEqual(before)
        expect(await hashTree(join(world.app, 'releases', '1.0.0'))).toBe(good)
      }
      const runs = await belay(world, (open) => open.runs())
      expect(runs.map((run) => run.outcome)).toEqual(['rolled-back', 'rolled-back', 'committed'])
      expect(await names(join(world.state, 'runs'))).toEqual([])
    } finally {
      await world.remove()
    }
  })
})

describe.concurrent('W4: when an update cannot be made', () => {
  test('W4: when prepare fails after the download, then nothing was changed and the service never stopped', async ({
    expect,
  }) => {
    const app = withStrategy(() => ({ prepare: [onUpdate('echo no such package >&2; exit 1')] }))
    const world = await installed({ releases: releases.url, app })
    try {
      const before = await standing(world, keptAside)
      const said = await cli(world, ['update', 'app', '--to', '1.0.1', '--yes'])
      expect(said, said.stderr).toMatchObject({
        code: 1,
        json: { outcome: 'failed', downtime_ms: 0, problem: { code: 'E_COMMAND_FAILED', message: /no such package/ } },
      })
      expect(await standing(world, keptAside)).toEqual(before)
    } finally {
      await world.remove()
    }
  })

  test('W4: when the API fails, then that is an error, never "no updates"', async ({ expect }) => {
    const server = await faultyReleases(releases.url)
    const world = await installed({ releases: server.url })
    try {
      server.set('list', status(500))
      const said = await cli(world, ['check', '--force'])
      expect(said.code).toBe(1)
      const { app } = await belay(world, (open) => open.check({ force: true }))
      expect(app).toMatchObject({ relation: 'unknown', latest: null, error: { code: 'E_HTTP_STATUS' } })
      expect((await refusal(belay(world, (open) => open.update('app')))).code).toBe('E_HTTP_STATUS')
    } finally {
      await world.remove()
      await server.close()
    }
  })

  test('W4: when what is installed is newer than what is published, then it is no update', async ({ expect }) => {
    const world = await installed({ releases: releases.url })
    try {
      await writeFile(join(world.tree, 'VERSION'), '9.0.0\n')
      const { app } = await belay(world, (open) => open.check({ force: true }))
      expect(app).toMatchObject({ current: '9.0.0', update_available: false, relation: 'local-newer', error: null })
      expect((await belay(world, (open) => open.update('app'))).outcome).toBe('current')
    } finally {
      await world.remove()
    }
  })
})
