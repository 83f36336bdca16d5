// needs: alembic, postgres
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { BelayError, type Problem, type RunReport } from '../../../src/main/open.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import type { BackupItem } from '../../../src/ports/engine.ts'
import { inPostgres, inSqlite, Site } from './site.ts'

/** Migrations by alembic: what one changes and then fails, and what a way back over one that succeeded means. */
const before = { status: 200, version: '1.0.0', revision: 'a1', rows: ['Jürgen Größe', 'Zoë'] }
const after = { status: 200, version: '1.1.0', revision: 'b2', rows: ['Jürgen Größe!', 'Zoë!'] }

async function refused(work: Promise<unknown>): Promise<Problem> {
  try {
    throw new Error(`not refused: ${JSON.stringify(await work)}`)
  } catch (error) {
    if (error instanceof BelayError) return error.problem
    throw error
  }
}

interface Planned {
  readonly plan: Plan
}

interface Backups {
  readonly backups: readonly BackupItem[]
}

const places = { SQLite: inSqlite, PostgreSQL: inPostgres }

for (const [name, keep] of Object.entries(places)) {
  describe.concurrent(`data in ${name}`, () => {
    test('C2: when a migration fails half-way, then schema and rows are as before, and the old version runs', async ({
      expect,
    }) => {
      await using site = await Site.create(keep)
      const whole = await site.keeping.dump()
      const report = await site.belay((belay) => belay.update('app', { to: '1.2.0' }))
      expect(report, JSON.stringify(report.problem)).toMatchObject({
        outcome: 'rolled-back',
        problem: { code: 'E_COMMAND_FAILED' },
      })
      expect(JSON.stringify(report.problem?.facts)).toMatch(/nowhere/)
      expect(await site.keeping.dump()).toBe(whole)
      expect(await site.answer()).toEqual(before)
      // What the failed migration made of it is kept, and the report says where.
      const kept = report.kept.join('\n')
      if (name === 'PostgreSQL') {
        const database = `crm_belay_${report.run}`
        expect(kept).toContain(`dropdb ${database}`)
        expect(await site.keeping.databases()).toContain(database)
      } else {
        const aside = report.kept.find((path) => path.endsWith('.aside')) ?? 'none'
        expect((await readFile(join(aside, 'data'))).toString('latin1')).toContain('persons')
      }
    })

    test('C7: when a migration lies between, then going back asks, and brings schema and rows back without migrating', async ({
      expect,
    }) => {
      await using site = await Site.create(keep, { copies: ['copies'] })
      const whole = await site.keeping.dump()
      const update = await site.belay((belay) => belay.update('app', { to: '1.1.0' }))
      expect(update, JSON.stringify(update.problem)).toMatchObject({ outcome: 'committed' })
      expect(await site.answer()).toEqual(after)

      const asked = await refused(site.belay((belay) => belay.rollback('app', {})))
      expect(asked).toMatchObject({ code: 'E_DATA_CHOICE', facts: { run: update.run } })
      expect(asked.hint).toMatch(/--restore-data .*--keep-data/)
      expect(await site.answer()).toEqual(after)

      // The disk of the backups is gone: what was copied from it is as good.
      await rename(join(site.dir, 'backups'), join(site.dir, 'unplugged'))
      const report = await site.belay((belay) => belay.rollback('app', { data: 'restore' }))
      expect(report, JSON.stringify(report.problem)).toMatchObject({ outcome: 'committed', to: '1.0.0' })
      expect(report.steps.map(({ kind }) => kind)).not.toContain('migrate')
      expect(await site.keeping.dump()).toBe(whole)
      expect(await site.answer()).toEqual(before)
      expect(report.kept.join()).toMatch(name === 'SQLite' ? join(site.dir, 'copies') : `crm_belay_${report.run}`)
    })

    test('C7: when the data is to stay, then it stays as it is, and older code does not migrate it', async ({
      expect,
    }) => {
      await using site = await Site.create(keep)
      await site.belay((belay) => belay.update('app', { to: '1.1.0' }))
      const migrated = await site.keeping.dump()
      const report = await site.belay((belay) => belay.rollback('app', { data: 'keep' }))
      expect(report, JSON.stringify(report.problem)).toMatchObject({ outcome: 'committed', to: '1.0.0' })
      expect(report.steps.map(({ kind }) => kind)).not.toContain('migrate')
      expect(await site.keeping.dump()).toBe(migrated)
      expect(await site.answer()).toEqual({ ...after, version: '1.0.0' })
    })

    test('when backups are made, restored and pruned by hand, then copies are made, used and pruned, too', async ({
      expect,
    }) => {
      const copies = ['copies', '/proc/none']
      await using site = await Site.create(keep, { copies, path: ['/proc/none', 'backups'] })
      const { plan } = await site.cli<Planned>('plan', 'app', '--to', '1.1.0')
      const places = plan.steps.flatMap((step) => (step.kind === 'backup' ? [step.detail] : []))
      // Tried by writing: the first place cannot be written, and the plan names the one that it is.
      expect(places).toEqual([
        expect.stringContaining(` to ${join(site.dir, 'backups')}`),
        expect.stringContaining('after the stop'),
      ])
      const whole = await site.keeping.dump()
      const made = await site.cli<Backups>('backups', 'create', 'app')
      expect(made).toMatchObject({ backups: [{ notes: [expect.stringContaining('/proc/none')] }] })
      const id = made.backups[0]?.id ?? 'none'
      const update = await site.belay((belay) => belay.update('app', { to: '1.1.0' }))
      expect(update.warnings.join()).toContain('/proc/none')
      const migrated = await site.keeping.dump()

      await rm(join(site.dir, 'backups', id), { recursive: true })
      const listed = await site.cli<Backups>('backups', 'list', 'app')
      expect(listed.backups.filter((one) => one.id === id).map(({ place }) => place)).toEqual([
        join(site.dir, 'copies'),
      ])
      const restored = await site.cli<RunReport>('backups', 'restore', 'app', id, '--yes')
      expect(restored).toMatchObject({ outcome: 'committed' })
      expect(await site.keeping.dump()).toBe(whole)
      expect(whole).not.toBe(migrated)
      expect(restored.kept.join()).toMatch(name === 'SQLite' ? join(site.dir, 'copies') : `crm_belay_${restored.run}`)

      await site.configure({ copies: ['copies'], keep: 1 })
      const last = (await site.cli<Backups>('backups', 'create', 'app')).backups[0]?.id ?? 'none'
      const { pruned } = await site.cli<{ readonly pruned: readonly string[] }>('backups', 'prune', 'app')
      expect(pruned).toContain(id)
      const left = await site.cli<Backups>('backups', 'list', 'app')
      expect(left.backups.map((one) => [one.id, one.place])).toEqual([
        [last, join(site.dir, 'backups')],
        [last, join(site.dir, 'copies')],
      ])
      // What a restore kept goes with the backup that it restored, and that everywhere.
      expect((await site.keeping.databases()).filter((each) => each.includes('belay'))).toEqual([])
      expect(await readdir(join(site.dir, 'copies/app'))).toEqual([last.slice('app/'.length)])
    })
  })
}
