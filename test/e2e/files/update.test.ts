import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commitOf, published, site, standing, treeFrom, write } from './support/site.ts'

/** What an update of a tree does to files, whatever they are. */

const oldFiles = {
  'app/main.py': 'one\n',
  'app/gone.py': 'gone\n',
  'app/only/here.py': 'x\n',
  'run.sh': 'echo 1\n',
  'README.md': 'same\n',
  link: '-> README.md',
}
const newFiles = {
  'app/main.py': 'two\n',
  'app/__init__.py': '',
  'app/new/deep.py': 'new\n',
  'run.sh': '!echo 1\n',
  'README.md': 'same\n',
  link: '-> app/main.py',
}

/** Two commits, the older one installed by Belay itself. */
async function installed(given: Partial<Parameters<typeof site>[0]> & { older?: object; newer?: object } = {}) {
  const { older: first = oldFiles, newer: second = newFiles, ...rest } = given
  const [older, newer] = [commitOf(first as Record<string, string>), commitOf(second as Record<string, string>)]
  const here = await site({ commits: [older], ...rest })
  await here.open((belay) => belay.update('helpdesk'))
  here.github.commits.unshift(newer)
  here.github.asked.length = 0
  return Object.assign(here, { older, newer })
}

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
    expect(here.github.asked).toEqual(['commits', 'tree', 'archive', 'blob f7.py', 'blob f9.py'])
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

describe('H3: line ends', () => {
  const crlf = (tree: ReturnType<typeof treeFrom>) =>
    new Map(
      [...tree].map(([path, file]) => [
        path,
        path.endsWith('.bin')
          ? file
          : { ...file, content: Buffer.from(file.content.toString('latin1').replaceAll('\n', '\r\n'), 'latin1') },
      ]),
    )
  const texts = {
    'a.py': '1\n2\n',
    'b.py': '3\n',
    'c.txt': '4\n',
    'd.bin': 'x\0\n',
    'unix.sh': '!#!/bin/sh\n',
    '.gitattributes': '*.sh eol=lf\n',
  }
  const later = { ...texts, 'a.py': '1\n2\n3\n', 'new.py': '5\n6\n', 'd.bin': 'y\0\n', 'unix.sh': '!#!/bin/bash\n' }

  test('H3: when the tree was checked out with CR LF, then nothing counts as edited, and what comes is written the same way', async () => {
    const [older, newer] = [commitOf(texts), commitOf(later)]
    await using here = await site({
      commits: [newer, older],
      there: new Map(crlf(older.tree)),
      strategy: { local_edits: 'refuse' },
    })
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report).toMatchObject({ outcome: 'committed' })
      expect(report.warnings.join()).not.toContain('dited')
    })
    const text = (path: string) => readFileSync(here.at(path), 'latin1')
    expect([text('a.py'), text('new.py'), text('b.py')]).toEqual(['1\r\n2\r\n3\r\n', '5\r\n6\r\n', '3\r\n'])
    // Binary as it is, and what the attributes say stands above how the tree was checked out.
    expect([text('d.bin'), text('unix.sh')]).toEqual(['y\0\n', '#!/bin/bash\n'])
    await here.open(async (belay) => {
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({ relation: 'current' })
      here.github.commits.unshift(commitOf({ ...later, 'b.py': '3\n4\n' }))
      expect((await belay.update('helpdesk')).outcome).toBe('committed')
    })
    expect(text('b.py')).toBe('3\r\n4\r\n')
  })

  test.each([
    ['lf', '1\n2\n3\n'],
    ['crlf', '1\r\n2\r\n3\r\n'],
  ])(
    'when the config wants %s, then so it is written, as long as no attribute says otherwise',
    async (endings, expected) => {
      await using here = await installed({ older: texts, newer: later, strategy: { line_endings: endings } })
      await here.open((belay) => belay.update('helpdesk'))
      expect(readFileSync(here.at('a.py'), 'latin1')).toBe(expected)
      expect(readFileSync(here.at('unix.sh'), 'latin1')).toBe('#!/bin/bash\n')
    },
  )
})

describe('local edits', () => {
  const edit = async (local_edits: string) => {
    const here = await installed({ strategy: { local_edits } })
    writeFileSync(here.at('app/main.py'), 'edited\n')
    writeFileSync(here.at('app/gone.py'), 'edited too\n')
    writeFileSync(here.at('README.md'), 'edited, and the release leaves it alone\n')
    return here
  }

  test('when they are kept, then they stand, the rest comes, and both are told', async () => {
    await using here = await edit('keep')
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report.warnings).toContain(
        'Edited here, so kept although the release changes it: app/gone.py, app/main.py.',
      )
      expect(await belay.versions()).toEqual({ helpdesk: here.newer.id.slice(0, 12) })
    })
    const text = (path: string) => readFileSync(here.at(path), 'utf8')
    expect([text('app/main.py'), text('app/gone.py'), text('app/new/deep.py')]).toEqual([
      'edited\n',
      'edited too\n',
      'new\n',
    ])
    // Kept once, it is still an edit at the next commit.
    here.github.commits.unshift(commitOf({ ...newFiles, 'app/main.py': 'three\n', 'README.md': 'new\n' }))
    await here.open((belay) => belay.update('helpdesk'))
    expect([text('app/main.py'), text('README.md')]).toEqual(['edited\n', 'edited, and the release leaves it alone\n'])
  })

  test('when they are overwritten, then the tree is the commit, and the edits are in the backup', async () => {
    await using here = await edit('overwrite')
    await here.open((belay) => belay.update('helpdesk'))
    expect(standing(here.root)).toEqual(published(here.newer.tree))
    const [folder = ''] = readdirSync(here.at('.update_backups')).toSorted().slice(-1)
    const kept = (path: string) => readFileSync(here.at(join('.update_backups', folder, 'files', path)), 'utf8')
    expect([kept('app/main.py'), kept('README.md')]).toEqual(['edited\n', 'edited, and the release leaves it alone\n'])
  })

  test('when they are refused, then nothing happens, and they are named', async () => {
    await using here = await edit('refuse')
    const before = standing(here.root)
    await here.open(async (belay) => {
      await expect(belay.update('helpdesk')).rejects.toMatchObject({
        problem: { code: 'E_FILE_CHANGED', facts: { paths: ['app/gone.py', 'app/main.py'] } },
      })
    })
    expect(standing(here.root)).toEqual(before)
  })

  test('when a file is edited while the others are fetched, then nothing of it is lost, and nothing is changed', async () => {
    await using here = await installed()
    here.github.fault = (request) => {
      if (request.url?.includes('/blobs/')) writeFileSync(here.at('app/gone.py'), 'just now\n')
      return false
    }
    await here.open(async (belay) => {
      expect(await belay.update('helpdesk')).toMatchObject({
        outcome: expect.stringMatching(/failed|rolled-back/),
        problem: { code: 'E_FILE_CHANGED' },
      })
    })
    expect(standing(here.root)).toEqual(published(treeFrom({ ...oldFiles, 'app/gone.py': 'just now\n' })))
  })
})

describe('a tree that Belay did not install', () => {
  test('when it is one of the newest commits, then that is what it counts as', async () => {
    const [first, second, third] = [
      commitOf(oldFiles),
      commitOf({ ...oldFiles, 'app/main.py': 'between\n' }),
      commitOf(newFiles),
    ]
    await using here = await site({ commits: [third, second, first], there: first.tree })
    await here.open(async (belay) => {
      expect((await belay.update('helpdesk')).warnings.join()).not.toContain('not known')
    })
    // Removed, since it is known to be the publisher's.
    expect(existsSync(here.at('app/gone.py'))).toBe(false)
    expect(standing(here.root)).toEqual(published(third.tree))
  })

  test('when a checkout says what it is at, then that is tried first', async () => {
    const commits = Array.from({ length: 20 }, (_, i) => commitOf({ ...oldFiles, 'app/main.py': `${20 - i}\n` }))
    const [newest, oldest] = [commits[0], commits[19]]
    if (newest === undefined || oldest === undefined) throw new Error('there are twenty')
    await using here = await site({ commits, there: oldest.tree })
    write(here.at('.git/HEAD'), 'ref: refs/heads/main\n')
    write(here.at('.git/refs/heads/main'), `${oldest.id}\n`)
    writeFileSync(here.at('app/only/mine.py'), 'mine')
    await here.open(async (belay) =>
      expect((await belay.update('helpdesk')).warnings.join()).not.toContain('not known'),
    )
    expect(here.github.asked.filter((one) => one === 'tree')).toHaveLength(2)
    expect(readFileSync(here.at('app/only/mine.py'), 'utf8')).toBe('mine')
  })

  test('when nobody knows what it is, then what differs is replaced with a backup, nothing is removed, and the plan says so', async () => {
    const newer = commitOf(newFiles)
    await using here = await site({ commits: [newer], there: treeFrom({ ...oldFiles, 'README.md': 'older\n' }) })
    await here.open(async (belay) => {
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({
        current: 'unknown',
        update_available: true,
      })
      const report = await belay.update('helpdesk')
      expect(report.warnings).toContainEqual(expect.stringMatching(/not known what was installed here: 3 files differ/))
    })
    expect(standing(here.root)).toEqual(
      published(treeFrom({ ...newFiles, 'app/gone.py': 'gone\n', 'app/only/here.py': 'x\n' })),
    )
    await here.open(async (belay) => expect((await belay.rollback('helpdesk')).outcome).toBe('committed'))
    expect(standing(here.root)).toEqual(published(treeFrom({ ...oldFiles, 'README.md': 'older\n' })))
  })

  test('when it is the newest commit already, then there is nothing to do', async () => {
    const newer = commitOf(newFiles)
    await using here = await site({ commits: [newer], there: newer.tree })
    await here.open(async (belay) => {
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({
        update_available: false,
        relation: 'local-newer',
      })
      expect(here.github.asked).toEqual(['commits', 'tree'])
      expect((await belay.update('helpdesk')).outcome).toBe('current')
    })
  })
})

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
    // And forward again, which is a way back too.
    await here.open(async (belay) => expect((await belay.rollback('helpdesk')).outcome).toBe('committed'))
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
      { type: 'command', command: ['/usr/bin/test', '!', '-e', 'app/new/deep.py'], timeout_seconds: 1 },
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
