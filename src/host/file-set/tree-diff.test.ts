import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { look, room, type Room } from '../tree/testing.ts'
import { applyFiles, undoFiles } from './apply.ts'
import { contentPath, readFileSet } from './set.ts'
import { folderInodes, planned, portrait, watch } from './testing.ts'
import { type Diff, makeDiff } from './tree-diff.ts'

const { signal } = watch

function diffOf(here: Room, more: Partial<Diff> = {}): Diff {
  return {
    from: here.at('new'),
    root: here.at('app'),
    set: here.at('set'),
    protect: ['.git', '.belay'],
    keep: ['data/**', 'config/user.json'],
    helper: false,
    optional: [],
    ...more,
  }
}

async function world(): Promise<Room> {
  const here = await room()
  here.plant({
    'app/VERSION': '1',
    'app/same': 'same',
    'app/gone/a': 'old',
    'app/.git/HEAD': 'mine',
    'app/data/user.db': 'mine',
    'app/kind': 'file',
    'new/VERSION': '2',
    'new/same': 'same',
    'new/.git/HEAD': 'shipped',
    'new/data/user.db': 'shipped',
    'new/data/defaults': 'shipped',
    'new/kind/inner': 'new',
    'new/link': '-> VERSION',
    'new/empty/': '',
  })
  return here
}

test('when a database is kept, then what SQLite keeps beside it is not taken for a file of the old version', async () => {
  await using here = await world()
  here.plant({ 'app/app.db': 'mine', 'app/app.db-wal': 'rows', 'new/app.db': 'shipped' })
  await makeDiff(diffOf(here, { keep: ['app.db', 'data/**'] }), signal)
  const it = { ...(await planned(here.dir, {}, { set: here.at('other') })), set: here.at('set') }
  await applyFiles(it, watch)
  expect(look(here.at('app'))).toMatchObject({ 'app.db': '644 mine', 'app.db-wal': '644 rows' })
})

test('when two trees differ, then the set makes the old one as the new one, but for what is kept and protected', async () => {
  await using here = await world()
  expect(await makeDiff(diffOf(here), signal)).toEqual({ added: 3, changed: 1, removed: 1 })
  const [before, folders] = [portrait(here.at('app')), folderInodes(here.at('app'))]
  const it = { ...(await planned(here.dir, {}, { set: here.at('other') })), set: here.at('set') }
  await applyFiles(it, watch)
  expect(look(here.at('app'))).toEqual({
    ...look(here.at('new')),
    '.git/HEAD': '644 mine',
    'data/user.db': '644 mine',
    gone: '755/',
  })
  for (const [path, inode] of folders) expect(folderInodes(here.at('app')).get(path)).toBe(inode)
  await undoFiles(it)
  expect(portrait(here.at('app'))).toEqual(before)
})

test('when contents are taken, then they are those of the new tree, whatever becomes of it', async () => {
  await using here = await world()
  await makeDiff(diffOf(here), signal)
  const set = await readFileSet(here.at('set'))
  const version = set?.changes.find(({ path }) => path === 'VERSION')?.to
  expect(version?.kind === 'file' && readFileSync(contentPath(here.at('set'), version.sha256), 'utf8')).toBe('2')
})

test('when only a mode differs, then that is a change without a content', async () => {
  await using here = await world()
  chmodSync(here.at('new/same'), 0o755)
  await makeDiff(diffOf(here), signal)
  const it = { ...(await planned(here.dir, {}, { set: here.at('other') })), set: here.at('set') }
  await applyFiles(it, watch)
  expect(statSync(here.at('app/same')).mode & 0o777).toBe(0o755)
})

test('when a process has a socket in the tree, then it stays', async () => {
  await using here = await world()
  const server = createServer().listen(here.at('app/app.sock'))
  await once(server, 'listening')
  try {
    await makeDiff(diffOf(here), signal)
    expect((await readFileSet(here.at('set')))?.changes.map(({ path }) => path)).not.toContain('app.sock')
  } finally {
    server.close()
  }
})

test('when it was cut off before its list, then there is no set', async () => {
  await using here = await world()
  const cut = new AbortController()
  cut.abort()
  await expect(makeDiff(diffOf(here), cut.signal)).rejects.toMatchObject({ problem: { code: 'E_CANCELLED' } })
  expect(await readFileSet(here.at('set'))).toBeNull()
  writeFileSync(here.at('app/VERSION'), '1')
})
