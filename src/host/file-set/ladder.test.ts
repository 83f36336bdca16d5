import { describe, expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import {
  ladderFor,
  ladderRefusal,
  ladderWarnings,
  type LadderEntry,
  type LadderPath,
  type PathRights,
  rungOf,
} from './ladder.ts'

const open: PathRights = { folder: true, replace: true, file: true, owned: true, mounted: false, bytes: 10 }
const closed: PathRights = { ...open, folder: false, replace: false }
const nothing: PathRights = { ...closed, file: false, owned: false }

const changed: LadderPath = { path: 'a', from: { kind: 'file', mode: 0o644 }, to: { kind: 'file', mode: 0o644 } }
const added: LadderPath = { path: 'a', from: null, to: { kind: 'file', mode: 0o644 } }
const removed: LadderPath = { path: 'a', from: { kind: 'file', mode: 0o644 }, to: null }
const linked: LadderPath = { path: 'a', from: { kind: 'link' }, to: { kind: 'link' } }
const program: LadderPath = { path: 'a', from: { kind: 'file', mode: 0o644 }, to: { kind: 'file', mode: 0o755 } }
const folder: LadderPath = { path: 'a', from: { kind: 'dir', mode: 0o755 }, to: { kind: 'dir', mode: 0o700 } }

const rungs: readonly [string, LadderPath, PathRights, 'helper' | 'none', LadderEntry['rung']][] = [
  ['all is open', changed, open, 'none', 'normal'],
  ['the folder is closed and the file is open', changed, closed, 'none', 'inode'],
  ['both are closed', changed, nothing, 'none', 'refused'],
  ['both are closed, and there is a helper', changed, nothing, 'helper', 'helper'],
  ['a file is to be made in a closed folder', added, closed, 'none', 'refused'],
  ['the same, and there is a helper', added, closed, 'helper', 'helper'],
  ['a file is to go from a closed folder', removed, closed, 'none', 'refused'],
  ['a link is to change in a closed folder: no helper makes links', linked, closed, 'helper', 'refused'],
  ['a sticky folder lets nobody replace it', changed, { ...open, replace: false, owned: false }, 'none', 'inode'],
  ['a sticky folder, and the file is new', added, { ...open, replace: false }, 'none', 'normal'],
  ['the file is a mount of its own', changed, { ...open, mounted: true }, 'none', 'inode'],
  [
    'it is a mount of its own, and closed: no helper renames over it',
    changed,
    { ...nothing, mounted: true },
    'helper',
    'refused',
  ],
  ['it becomes a program, and is somebody else’s', program, { ...closed, owned: false }, 'none', 'refused'],
  ['it becomes a program, and is ours', program, closed, 'none', 'inode'],
  ['it is too large to be written in place', changed, { ...closed, bytes: 2 ** 30 }, 'none', 'refused'],
  ['a folder’s mode changes, and it is ours', folder, closed, 'none', 'normal'],
  ['a folder’s mode changes, and it is not', folder, nothing, 'none', 'refused'],
]

test.each(rungs)('when %s, then that decides the rung', (_, asked, rights, helper, rung) => {
  expect(rungOf(asked, rights, helper === 'helper', false).rung).toBe(rung)
  expect(rungOf(asked, rights, helper === 'helper', true).rung).toBe(rung === 'refused' ? 'skip' : rung)
})

describe('what a plan says', () => {
  const entries: readonly LadderEntry[] = [
    { path: 'a', rung: 'normal', why: '' },
    ...['b', 'c', 'd', 'e'].map((path) => ({ path, rung: 'inode', why: 'its folder is closed' }) as const),
    { path: 'f', rung: 'helper', why: 'its folder is closed' },
    { path: 'g', rung: 'skip', why: 'its folder is closed' },
  ]

  test('when some paths are written in other ways, then each way is named with its paths', () => {
    expect(ladderWarnings(entries)).toEqual([
      expect.stringMatching(/^b, c, d and 1 more: .*crash/),
      expect.stringMatching(/^f: .*helper/),
      expect.stringMatching(/^g: .*optional/),
    ])
    expect(ladderRefusal('/srv/app', entries)).toBeNull()
  })

  test('when nothing may write some, then all of them are listed, with what to do', () => {
    const refused = ladderRefusal('/srv/app', [...entries, { path: 'h', rung: 'refused', why: 'its folder is closed' }])
    expect(refused).toMatchObject({
      code: 'E_PERMISSION',
      hint: expect.stringMatching(/"helper".*"optional"/),
      facts: { root: '/srv/app', paths: ['h'], count: 1 },
    })
  })
})

test('when a tree is read, then what is not there yet is written as its nearest folder is', async () => {
  await using here = await room()
  here.plant({ 'app/lib/a.py': 'x', 'app/file': 'x' })
  const paths = ['lib/a.py', 'new/deep/b.py', 'file/now/a/folder']
  const ladder = ladderFor(
    here.at('app'),
    paths.map((path) => ({ ...added, path })),
    { helper: false, optional: [] },
  )
  expect(ladder.map(({ rung }) => rung)).toEqual(['normal', 'normal', 'normal'])
})
