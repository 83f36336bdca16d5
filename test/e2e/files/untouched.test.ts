import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installed, newFiles, oldFiles } from './support/installed.ts'
import { commitOf, published, standing, treeFrom, write } from './support/site.ts'

/** What an update must not touch, whatever the release has. */

describe('H7: what is not to be touched', () => {
  test.each([
    ['../escaped.py'],
    ['a/../../escaped.py'],
    ['/etc/escaped.py'],
    ['.git/hooks/post-merge'],
    ['.GIT/config'],
    ['a\\b.py'],
    ['a//b.py'],
  ])('H7: when the listing holds %j, then the whole commit is refused, and named', async (path) => {
    await using here = await installed()
    const before = standing(here.dir)
    here.github.bend = (entries) => ({
      tree: [...entries, { path, mode: '100644', type: 'blob', sha: '1'.repeat(40), size: 1 }],
    })
    await here.open(async (belay) => {
      await expect(belay.update('helpdesk')).rejects.toMatchObject({
        problem: { code: 'E_PATH_INVALID', facts: { path } },
      })
    })
    expect(new Map([...standing(here.dir)].filter(([name]) => name.startsWith('srv/')))).toEqual(
      new Map([...before].filter(([name]) => name.startsWith('srv/'))),
    )
  })

  test('H7: when the release has protected paths under any spelling, then they stay, and that is told', async () => {
    const theirs = { '.env': 'SECRET=1\n', 'conf/settings.py': 'mine\n', 'db.sqlite3': 'rows' }
    const evil = {
      '.env': 'SECRET=0\n',
      '.ENV': 'x\n',
      'Conf/Settings.py': 'x\n',
      'conf/settings.py': 'x\n',
      'db.sqlite3': 'x',
      '.update_backups/x': 'x\n',
      '.env.example': 'SECRET=\n',
    }
    await using here = await installed({ newer: { ...newFiles, ...evil }, strategy: { protect: ['conf/settings.py'] } })
    for (const [path, content] of Object.entries(theirs)) write(here.at(path), content)
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report.warnings).toContainEqual(expect.stringMatching(/^Protected, so left alone .*\.ENV/))
    })
    expect(standing(here.root)).toEqual(published(treeFrom({ ...newFiles, ...theirs, '.env.example': 'SECRET=\n' })))
  })

  test('H7: when a folder of the tree is a link on this host, then nothing is written through it', async () => {
    await using here = await installed({
      older: { ...oldFiles, 'media/logo.svg': '1\n' },
      newer: { ...newFiles, 'media/logo.svg': '2\n' },
    })
    mkdirSync(join(here.dir, 'elsewhere'))
    writeFileSync(join(here.dir, 'elsewhere/logo.svg'), 'elsewhere')
    rmSync(here.at('media'), { recursive: true })
    symlinkSync(join(here.dir, 'elsewhere'), here.at('media'))
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report).toMatchObject({ outcome: 'committed' })
      expect(report.warnings).toContain('Below a folder that is a link here, so left alone: media/logo.svg.')
    })
    expect(readFileSync(join(here.dir, 'elsewhere/logo.svg'), 'utf8')).toBe('elsewhere')
  })

  test('H7: when a link of the release leads out of the tree, then nothing is changed', async () => {
    await using here = await installed({ newer: { ...newFiles, out: '-> ../../etc/passwd' } })
    await here.open(async (belay) => {
      expect(await belay.update('helpdesk')).toMatchObject({ outcome: 'failed', problem: { code: 'E_PATH_INVALID' } })
    })
    expect(standing(here.root)).toEqual(published(here.older.tree))
  })

  test('when links are refused, then a release that brings one is', async () => {
    await using here = await installed({
      older: { a: '1' },
      newer: { a: '1', b: '-> a' },
      strategy: { symlinks: 'refuse' },
    })
    await here.open(async (belay) => {
      await expect(belay.update('helpdesk')).rejects.toMatchObject({
        problem: { code: 'E_PATH_INVALID', facts: { paths: ['b'] } },
      })
    })
  })

  test('when there are submodules, or files that git keeps as pointers, then they are left alone, and named', async () => {
    const newer = commitOf(newFiles)
    const more = new Map([
      ...newer.tree,
      ['vendor', { mode: '160000', content: Buffer.alloc(0) }] as const,
      ['.gitattributes', { mode: '100644', content: Buffer.from('*.psd filter=lfs\n') }] as const,
      ['logo.psd', { mode: '100644', content: Buffer.from('version https://git-lfs…') }] as const,
    ])
    await using here = await installed({ older: { ...oldFiles, '.gitattributes': '*.psd filter=lfs\n' } })
    here.github.commits[0] = { ...here.newer, tree: more }
    write(here.at('logo.psd'), 'the real picture')
    write(here.at('vendor/x'), 'x')
    await here.open(async (belay) => {
      const { warnings } = await belay.update('helpdesk')
      expect(warnings).toContain('Not followed, since it is a submodule: vendor.')
      expect(warnings).toContainEqual(
        expect.stringMatching(/^Not followed, since git keeps something else .*logo\.psd/),
      )
    })
    expect(readFileSync(here.at('logo.psd'), 'utf8')).toBe('the real picture')
  })

  test('when what comes is not what the commit has, then nothing is changed', async () => {
    await using here = await installed()
    here.github.fault = (request, response) => {
      if (!request.url?.includes('/blobs/')) return false
      response.end('forged')
      return true
    }
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report).toMatchObject({ outcome: 'failed', problem: { code: 'E_CHECKSUM_MISMATCH' } })
    })
    expect(standing(here.root)).toEqual(published(here.older.tree))
    expect(readdirSync(join(here.state, 'runs'))).toEqual([])
  })
})
