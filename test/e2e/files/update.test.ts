import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installed, newFiles } from './support/installed.ts'
import { commitOf, published, site, standing, treeFrom } from './support/site.ts'

/** What an update of a tree does to files. */

describe('H1: an update', () => {
  test('H1: when files came, changed, went, became programs or lead elsewhere, then the tree is what the commit has', async () => {
    await using here = await installed()
    expect(standing(here.root)).toEqual(published(here.older.tree))
    writeFileSync(here.at('theirs.txt'), 'mine')
    await here.open(async (belay) => {
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({
        current: here.older.id.slice(0, 12),
        latest: here.newer.id.slice(0, 12),
        update_available: true,
        relation: 'older',
      })
      const report = await belay.update('helpdesk')
      expect(report).toMatchObject({
        outcome: 'committed',
        from: here.older.id.slice(0, 12),
        warnings: [expect.stringContaining('connection')],
      })
      expect(await belay.versions()).toEqual({ helpdesk: here.newer.id.slice(0, 12) })
    })
    expect(standing(here.root)).toEqual(published(treeFrom({ ...newFiles, 'theirs.txt': 'mine' })))
    expect(existsSync(here.at('app/only'))).toBe(false)
  })

  test('H9: when it was installed, then the next check says so at once, without being forced', async () => {
    await using here = await installed()
    await here.open(async (belay) => {
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({ update_available: true })
      await belay.update('helpdesk')
      expect((await belay.check())['helpdesk']).toMatchObject({ update_available: false, relation: 'current' })
    })
  })

  test('H2: when the branch moves on between plan and install, then what was planned is installed', async () => {
    await using here = await installed()
    await here.open(async (belay) => {
      const { newer } = here
      here.github.fault = (request) => {
        // As the first file is fetched, somebody pushes.
        if (request.url?.includes('/blobs/') && here.github.commits[0] === newer)
          here.github.commits.unshift(commitOf({ 'app/main.py': 'three\n' }))
        return false
      }
      expect(await belay.update('helpdesk')).toMatchObject({ outcome: 'committed', to: newer.id.slice(0, 12) })
    })
    expect(standing(here.root)).toEqual(published(here.newer.tree))
  })

  test('when everything changes, then it comes as one archive, and what that leaves out comes by itself', async () => {
    const many = (text: string) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}.py`, `${text} ${i}\n`]))
    await using here = await installed({ older: many('one'), newer: many('two') })
    here.github.exportIgnore = new Set(['f7.py', 'f9.py'])
    await here.open((belay) => belay.update('helpdesk'))
    const [commits, tree, archive, ...rest] = here.github.asked
    expect([commits, tree, archive]).toEqual(['commits', 'tree', 'archive'])
    expect(new Set(rest)).toEqual(new Set(['blob f7.py', 'blob f9.py']))
    expect(standing(here.root)).toEqual(published(here.newer.tree))
  })

  test('when it is looked at first, then the plan says what would be done, and nothing is', async () => {
    await using here = await installed()
    writeFileSync(here.at('app/main.py'), 'edited\n')
    const before = standing(here.root)
    await here.open(async (belay) => {
      const planned = await belay.plan('helpdesk')
      const warnings = 'plan' in planned ? planned.plan.about.warnings : []
      expect(warnings).toContain('Edited here, so kept although the release changes it: app/main.py.')
    })
    expect(standing(here.root)).toEqual(before)
    expect(here.github.asked).toEqual(['commits', 'tree'])
  })

  test('when the first installation finds nothing, then it makes the tree, and there is no way back from it', async () => {
    const commit = commitOf(newFiles)
    await using here = await site({ commits: [commit] })
    await here.open(async (belay) => {
      expect(await belay.update('helpdesk')).toMatchObject({ outcome: 'committed', from: null })
      await expect(belay.rollback('helpdesk')).rejects.toMatchObject({ problem: { code: 'E_NO_WAY_BACK' } })
    })
    expect(standing(here.root)).toEqual(published(commit.tree))
  })
})

describe('what runs around the switch', () => {
  test('H1: when there are commands, then they run in the new files, stopped, and a failing one takes everything back', async () => {
    const log = ['/bin/sh', '-c', 'cat app/main.py >> ../log']
    await using here = await installed({
      strategy: { prepare: [log], migrate: [['/bin/sh', '-c', 'cat app/main.py >> ../log; test ! -e app/fail']] },
    })
    await here.open((belay) => belay.update('helpdesk'))
    expect(readFileSync(join(here.root, '../log'), 'utf8')).toBe('one\none\ntwo\ntwo\n')
    here.github.commits.unshift(commitOf({ ...newFiles, 'app/fail': 'x' }))
    await here.open(async (belay) => {
      expect(await belay.update('helpdesk')).toMatchObject({
        outcome: 'rolled-back',
        problem: { code: 'E_COMMAND_FAILED' },
      })
    })
    expect(standing(here.root)).toEqual(published(here.newer.tree))
  })
})

describe('what prepare works in', () => {
  const install = [
    '/bin/sh',
    '-c',
    'mkdir -p .venv; rm -f .venv/lib; cat app/main.py >.venv/lib; test ! -e app/fail || exec touch .venv/half no/where',
  ]

  test('when a command fails half-way, then its folder is as it was, by the same files', async () => {
    await using here = await installed({ strategy: { prepare: [install] } })
    symlinkSync('lib', here.at('.venv/link'))
    const { ino } = statSync(here.at('.venv/lib'))
    here.github.commits.unshift(commitOf({ ...newFiles, 'app/fail': 'x' }))
    await here.open(async (belay) => {
      expect(await belay.update('helpdesk')).toMatchObject({ problem: { code: 'E_COMMAND_FAILED' } })
    })
    expect(readdirSync(here.at('.venv')).toSorted()).toEqual(['lib', 'link'])
    expect(readFileSync(here.at('.venv/lib'), 'utf8')).toBe('one\n')
    expect(statSync(here.at('.venv/lib')).ino).toBe(ino)
    expect(readdirSync(here.root).filter((name) => name.startsWith('..venv'))).toEqual([])
  })

  test('when the update stays, then so does what was prepared, and nothing else is left', async () => {
    await using here = await installed({ strategy: { prepare: [install] } })
    await here.open(async (belay) => {
      expect(await belay.update('helpdesk')).toMatchObject({ outcome: 'committed' })
      expect(readFileSync(here.at('.venv/lib'), 'utf8')).toBe('two\n')
      expect(await belay.rollback('helpdesk')).toMatchObject({ outcome: 'committed' })
    })
    expect(readFileSync(here.at('.venv/lib'), 'utf8')).toBe('one\n')
    expect(readdirSync(here.root).filter((name) => name.startsWith('..venv'))).toEqual([])
  })
})

describe('check --list-files', () => {
  test('when the files are wanted, then each is told with what became of it here, at two requests', async () => {
    await using here = await installed({ newer: { ...newFiles, '.env': 'x' } })
    writeFileSync(here.at('app/main.py'), 'edited\n')
    const { wire } = await import('../../../src/main/wire.ts')
    const { parseConfigValue } = await import('../../../src/protocol/config/parse.ts')
    const { allKinds } = await import('../../../src/main/kinds.ts')
    const engine = await wire({
      settings: parseConfigValue(here.config, here.dir, await allKinds()),
      stateDir: here.state,
      env: {},
    })
    try {
      const report = (await engine.check(engine.components(), { force: true, files: true })).values().next().value
      expect(report?.files).toEqual([
        { path: '.env', change: 'added', local: 'protected' },
        { path: 'app/__init__.py', change: 'added', local: 'clean' },
        { path: 'app/gone.py', change: 'removed', local: 'clean' },
        { path: 'app/main.py', change: 'changed', local: 'edited' },
        { path: 'app/new/deep.py', change: 'added', local: 'clean' },
        { path: 'app/only/here.py', change: 'removed', local: 'clean' },
        { path: 'link', change: 'changed', local: 'clean' },
        { path: 'run.sh', change: 'mode', local: 'clean' },
      ])
      expect(here.github.asked).toEqual(['commits', 'tree'])
    } finally {
      engine.close()
    }
  })
})
