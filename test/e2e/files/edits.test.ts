import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { installed, newFiles, oldFiles } from './support/installed.ts'
import { commitOf, published, site, standing, treeFrom, write } from './support/site.ts'

/** What is the user's own: line ends, edits, a tree of unknown origin. */

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
    const run = await here.open(async (belay) => (await belay.runs())[0]?.run)
    const folder = readdirSync(here.at('.update_backups')).find((name) => name.endsWith(`~${run}`)) ?? ''
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
