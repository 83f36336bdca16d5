// needs: venv
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Crm } from './crm.ts'

const kinds = (report: { steps: readonly { kind: string; state: string }[] } | undefined) =>
  (report?.steps ?? []).filter(({ state }) => state === 'done').map(({ kind }) => kind)

describe('the steps of seed 002', () => {
  test('when a new commit is published, then it is fetched and made ready while the old one runs, and only the switch is down', async () => {
    await using crm = await Crm.create()
    const before = await crm.answer()
    const commit = crm.publish('1.1.0', 3, 'two')
    const { reports, output } = await crm.run('update')
    const [report] = reports
    expect(report?.outcome, output).toBe('committed')
    expect(kinds(report)).toEqual([
      'check',
      'git-fetch',
      'git-worktree',
      'prepare',
      'prepare',
      'rehome',
      'backup',
      'stop',
      'backup',
      'git-checkout',
      'migrate',
      'start',
      'check',
      'check',
      'check',
      'git-worktree',
      'prune-backups',
      'remove',
    ])
    expect(crm.app.head()).toBe(commit)
    expect(crm.app.git('status', '--porcelain', '--branch')).toBe('## main...origin/main')
    const after = await crm.answer()
    expect(after).toMatchObject({ version: '1.1.0', dependency: 'two', customers: [[1, 'Ada', 'unknown']] })
    expect(after.ticks).toBeGreaterThanOrEqual(before.ticks)
    expect(readFileSync(join(crm.app.dir, 'uploads/contract.pdf'), 'utf8')).toBe('signed')
    expect(crm.leftovers()).toEqual([])
  })

  test.each([
    ['C2: the dependencies cannot be installed', '1.1.0', 'broken', 'E_COMMAND_FAILED'],
    ['C2: the migration fails half-way', '1.1.0-unmigratable', 'two', 'E_COMMAND_FAILED'],
    ['the new version is never healthy', '1.1.0-ill', 'two', 'E_CHECK_FAILED'],
  ])(
    'when %s, then commit, dependencies, database and edits are exactly as before',
    async (_name, version, dependency, code) => {
      await using crm = await Crm.create((strategy) => Object.assign(strategy, { local_changes: 'stash' }))
      writeFileSync(join(crm.app.dir, 'app/part_1.py'), '# edited by hand\n')
      const before = await crm.seen()
      crm.publish(version, 3, dependency)
      const { reports, output } = await crm.run('update')
      expect(reports[0]?.problem, output).toMatchObject({ code })
      expect(reports[0]?.outcome).toBe(dependency === 'broken' ? 'failed' : 'rolled-back')
      expect(await crm.seen()).toEqual(before)
      expect(crm.leftovers()).toEqual([])
    },
  )

  test('C5: when it is rolled back, then the commit before is there, with the dependencies and the data of then', async () => {
    await using crm = await Crm.create()
    const before = await crm.seen()
    // Two commits at once: the one before is not the parent.
    crm.publish('1.0.1', 2, 'one')
    crm.publish('1.1.0', 3, 'two', 3)
    expect((await crm.run('update')).reports[0]?.outcome).toBe('committed')
    const { reports, output } = await crm.run('rollback')
    expect(reports[0]?.outcome, output).toBe('committed')
    expect(await crm.seen()).toEqual(before)
    // And forward again, to the same.
    expect((await crm.run(`update ${crm.up.head().slice(0, 12)}`)).reports[0]?.outcome).toBe('committed')
    expect(await crm.answer()).toMatchObject({ version: '1.1.0', dependency: 'two' })
  })

  test('C5: when one of the last commits is named, then it is that one', async () => {
    await using crm = await Crm.create()
    const middle = crm.publish('1.0.1', 2, 'one and a half')
    crm.publish('1.0.2', 2, 'two', 3)
    await crm.run('update')
    const { reports, output } = await crm.run(`rollback-keep ${middle.slice(0, 12)}`)
    expect(reports[0]?.outcome, output).toBe('committed')
    // C7: older code must not migrate newer data.
    expect(kinds(reports[0])).not.toContain('migrate')
    expect(crm.app.head()).toBe(middle)
    expect(await crm.answer()).toMatchObject({ version: '1.0.1', dependency: 'one and a half' })
  })

  test.each(['--force', '-rf', '--upload-pack=touch pwned', 'HEAD~1', 'main'])(
    'C7: when %j is named as a commit, then it is none, and git never sees it',
    async (name) => {
      await using crm = await Crm.create()
      const before = await crm.seen()
      crm.publish('1.1.0', 3, 'two')
      const { output, reports } = await crm.run(`rollback-keep ${name}`)
      expect(reports).toEqual([])
      expect(output).toContain('E_VERSION_NOT_FOUND')
      expect(await crm.seen()).toEqual(before)
    },
  )
})
