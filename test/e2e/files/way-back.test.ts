import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installed, newFiles, oldFiles } from './support/installed.ts'
import { commitOf, published, standing, treeFrom } from './support/site.ts'

/** What is kept of an update, and the ways back. */

describe('H5, H6: the way back', () => {
  const odd = {
    'apps/a_b.py': '1\n',
    'apps_a/b.py': '1\n',
    'mit Leerzeichen/Übersicht.md': '1\n',
    'C\uf03aUsers.md': '1\n',
    'tool.sh': '!1\n',
  }
  const odder = {
    'apps/a_b.py': '2\n',
    'apps_a/b.py': '2\n',
    'mit Leerzeichen/Übersicht.md': '2\n',
    'C\uf03aUsers.md': '2\n',
    'tool.sh': '2\n',
  }

  test('H6: when files are replaced, then each is kept under its very path, with the time and the run in the name', async () => {
    await using here = await installed({ older: odd, newer: odder })
    const run = await here.open(async (belay) => (await belay.update('helpdesk')).run)
    const folders = readdirSync(here.at('.update_backups')).filter((name) => name.endsWith(`~${run}`))
    expect(folders).toEqual([expect.stringMatching(/^\d{8}_\d{6}~r-[0-9a-f]{8}$/)])
    expect(standing(here.at(join('.update_backups', folders[0] ?? '', 'files')))).toEqual(published(here.older.tree))
  })

  test('H5: when it is rolled back, then all is as before, without any network', async () => {
    await using here = await installed({ older: { ...odd, gone: 'x' }, newer: { ...odder, came: 'y' } })
    await here.open((belay) => belay.update('helpdesk'))
    await here.github[Symbol.asyncDispose]()
    await here.open(async (belay) => {
      expect(await belay.rollback('helpdesk')).toMatchObject({ outcome: 'committed', to: here.older.id.slice(0, 12) })
      expect(await belay.versions()).toEqual({ helpdesk: here.older.id.slice(0, 12) })
    })
    expect(standing(here.root)).toEqual(published(here.older.tree))
    // Forward again only by name: what was put back is not the last good one, and neither is what stands.
    const newer = here.newer.id.slice(0, 12)
    await here.open(async (belay) => {
      await expect(belay.rollback('helpdesk')).rejects.toMatchObject({ problem: { code: 'E_NO_WAY_BACK' } })
      expect((await belay.rollback('helpdesk', { to: newer })).outcome).toBe('committed')
    })
    expect(standing(here.root)).toEqual(published(here.newer.tree))
  })

  test('when several updates lie between, then any kept commit can be gone back to, and any published one', async () => {
    await using here = await installed({ component: { backups: { keep: 2 } } })
    const third = commitOf({ ...newFiles, 'app/main.py': 'three\n', 'app/third.py': '3\n' })
    const fourth = commitOf({ ...newFiles, 'app/main.py': 'four\n' })
    await here.open(async (belay) => {
      await belay.update('helpdesk')
      here.github.commits.unshift(third)
      await belay.update('helpdesk')
      here.github.commits.unshift(fourth)
      await belay.update('helpdesk')
      // Two are kept: of the third and of the second commit.
      here.github.asked.length = 0
      expect((await belay.rollback('helpdesk', { to: here.newer.id.slice(0, 12) })).outcome).toBe('committed')
      expect(here.github.asked).toEqual([])
    })
    expect(standing(here.root)).toEqual(published(here.newer.tree))
    await here.open((belay) => belay.rollback('helpdesk', { to: here.older.id.slice(0, 12) }))
    expect(standing(here.root)).toEqual(published(here.older.tree))
    expect(here.github.asked).toContain('commits')
    expect(readdirSync(here.at('.update_backups')).length).toBeLessThanOrEqual(3)
  })

  test('when something was edited since, then going back keeps it too', async () => {
    await using here = await installed()
    await here.open((belay) => belay.update('helpdesk'))
    writeFileSync(here.at('app/main.py'), 'edited\n')
    await here.open(async (belay) => {
      const report = await belay.rollback('helpdesk')
      expect(report.warnings).toContain('Edited since it was installed, so kept: app/main.py.')
    })
    expect(standing(here.root)).toEqual(published(treeFrom({ ...oldFiles, 'app/main.py': 'edited\n' })))
  })

  test('H5: when a check afterwards fails, then everything is as it was, record and version too', async () => {
    const after = [
      // Long enough that a machine which stands still meanwhile is not taken for a failed check.
      { type: 'command', command: ['/usr/bin/test', '!', '-e', 'app/new/deep.py'], timeout_seconds: 6 },
      { type: 'version_check' },
    ]
    await using here = await installed({ component: { checks: { before: [], after } } })
    const record = readFileSync(join(here.state, 'installed/helpdesk.json'))
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } })
      expect(await belay.versions()).toEqual({ helpdesk: here.older.id.slice(0, 12) })
    })
    expect(standing(here.root)).toEqual(published(here.older.tree))
    expect(readFileSync(join(here.state, 'installed/helpdesk.json'))).toEqual(record)
  })

  test('when nothing can be kept in the tree, then it is kept with the other backups', async () => {
    await using here = await installed()
    rmSync(here.at('.update_backups'), { recursive: true })
    writeFileSync(here.at('.update_backups'), 'somebody put a file there')
    await here.open((belay) => belay.update('helpdesk'))
    expect(readdirSync(join(here.state, 'backups/helpdesk/files'))).toHaveLength(1)
    await here.open((belay) => belay.rollback('helpdesk'))
    expect(standing(here.root).get('app/main.py')).toBe('644 one\n')
  })
})
