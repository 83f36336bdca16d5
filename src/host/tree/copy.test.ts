import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { expect, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { carryPaths } from './carry.ts'
import { copyTree } from './copy.ts'
import { matchGlobs } from './globs.ts'
import { hashTree } from './hash.ts'
import { look, room } from './testing.ts'

const { signal } = new AbortController()
const asRoot = test.runIf(process.getuid?.() === 0)

test('when a tree is copied, then modes, times and links are those of the original', async () => {
  await using here = await room()
  here.plant({
    'from/bin/run': 'x',
    'from/.hidden/deep/': '',
    'from/big': 'b'.repeat(400_000),
    'from/link': '-> ../outside',
  })
  chmodSync(here.at('from/bin/run'), 0o750)
  utimesSync(here.at('from/bin/run'), 1_000_000_000, 1_600_000_000)
  chmodSync(here.at('from/bin'), 0o555)
  utimesSync(here.at('from/bin'), 1_000_000_000, 1_500_000_000)
  const seen: number[] = []

  const done = await copyTree(here.at('from'), here.at('to'), { signal, onBytes: (bytes) => seen.push(bytes) })

  expect(look(here.at('to'))).toStrictEqual(look(here.at('from')))
  expect(lstatSync(here.at('to/bin/run')).mtimeMs).toBe(1_600_000_000_000)
  expect(lstatSync(here.at('to/bin')).mtimeMs).toBe(1_500_000_000_000)
  expect(done).toStrictEqual({ files: 3, bytes: 400_001 })
  expect(seen.toSorted((a, b) => a - b)).toStrictEqual([1, 400_000])
  chmodSync(here.at('from/bin'), 0o755)
})

asRoot('when root copies, then owners and setuid bits are kept, or the given owner is set', async () => {
  await using here = await room()
  here.plant({ 'from/x': 'x', 'from/l': '-> x', 'from/d/y': 'y' })
  for (const name of ['x', 'd', 'd/y']) chownSync(here.at(`from/${name}`), 4242, 4243)
  lchownSync(here.at('from/l'), 4242, 4243)
  chmodSync(here.at('from/x'), 0o4755)

  await copyTree(here.at('from'), here.at('kept'), { signal })
  await copyTree(here.at('from'), here.at('given'), { signal, owner: { uid: 7, gid: 8 } })

  const owners = (tree: string) => ['x', 'l', 'd', 'd/y'].map((name) => lstatSync(here.at(`${tree}/${name}`)).uid)
  expect(owners('kept')).toStrictEqual([4242, 4242, 4242, 4242])
  expect(owners('given')).toStrictEqual([7, 7, 7, 7])
  expect(lstatSync(here.at('kept/x')).mode & 0o7777).toBe(0o4755)
})

test('when a copy was interrupted, then doing it again completes it', async () => {
  await using here = await room()
  here.plant({ 'from/a': 'whole', 'from/d/b': 'b', 'to/a': 'wh', 'to/d/b': 'b', 'to/.a.belay-copy': 'w' })

  await copyTree(here.at('from'), here.at('to'), { signal })
  await copyTree(here.at('from'), here.at('to'), { signal })

  expect(await hashTree(here.at('to'))).toBe(await hashTree(here.at('from')))
})

test('when kinds changed, then the copy takes the kind of the original, and links in the way are not followed', async () => {
  await using here = await room()
  here.plant({
    'from/file': 'f',
    'from/folder/x': 'x',
    'from/link': '-> file',
    'to/file/was-a-folder': '',
    'to/folder': '-> ../outside',
    'to/link': 'was a file',
    'outside/x': 'mine',
  })

  await copyTree(here.at('from'), here.at('to'), { signal })

  expect(look(here.at('to'))).toStrictEqual(look(here.at('from')))
  expect(look(here.at('outside'))).toMatchObject({ x: '644 mine' })
})

test('when something is filtered out, then a folder goes with all that is in it, or is made for what is taken inside', async () => {
  await using here = await room()
  here.plant({ 'from/cache/a': '', 'from/data/keep/b': 'b', 'from/data/drop': '', 'from/empty/': '' })

  await copyTree(here.at('from'), here.at('to'), {
    signal,
    filter: (path, kind) => {
      if (path === 'cache') return false
      if (path === 'data/keep/b' || path === 'cache/a') return true
      return kind === 'folder' ? 'inside' : false
    },
  })

  expect(look(here.at('to'))).toStrictEqual({ data: '755/', 'data/keep': '755/', 'data/keep/b': '644 b' })
})

test('when there is a named pipe, then the copy is refused, or it is skipped as told', async () => {
  await using here = await room()
  here.plant({ 'from/x': 'x' })
  execFileSync('mkfifo', [here.at('from/pipe')])

  const refused = await copyTree(here.at('from'), here.at('to'), { signal }).catch(problemOf)
  await copyTree(here.at('from'), here.at('other'), { signal, special: 'skip' })

  expect(refused).toMatchObject({ code: 'E_PATH_INVALID', facts: { path: here.at('from/pipe') } })
  expect(readdirSync(here.at('other'))).toStrictEqual(['x'])
})

test('when it is aborted, then it stops and says so', async () => {
  await using here = await room()
  here.plant({ 'from/a': 'a', 'from/b': 'b' })
  const stop = new AbortController()

  const copying = copyTree(here.at('from'), here.at('to'), { signal: stop.signal, onBytes: () => stop.abort() })

  expect(problemOf(await copying.catch((error: unknown) => error)).code).toBe('E_CANCELLED')
  expect(readdirSync(here.at('to'))).toHaveLength(1)
})

test('W5: when temp and .git are excluded, then templates and .gitignore are copied, below a root that is called tmp', async () => {
  await using here = await room()
  const files = { 'templates/a.html': 'a', '.gitignore': 'g', 'app/temperature.py': 't' }
  const tree = Object.entries({ ...files, 'temp/x': '', '.git/config': '' })
  here.plant(Object.fromEntries(tree.map(([name, content]) => [`tmp/app-tmp/${name}`, content])))
  const excluded = matchGlobs(['temp', '.git', '**/temp'])

  await copyTree(here.at('tmp/app-tmp'), here.at('backup'), { signal, filter: (path) => !excluded(path) })

  const copied = Object.keys(look(here.at('backup')))
  expect(copied).toStrictEqual(['.gitignore', 'app', 'app/temperature.py', 'templates', 'templates/a.html'])
})

test('when paths are carried over, then they win, and everything else of the new tree stays', async () => {
  await using here = await room()
  here.plant({
    'old/app/config/user.yaml': 'edited',
    'old/app/config/.secret': 's',
    'old/app/main.py': 'old',
    'old/app/empty/': '',
    'new/app/config/user.yaml': 'default',
    'new/app/config/added.yaml': 'new default',
    'new/app/main.py': 'new',
  })
  chmodSync(here.at('old/app/config/.secret'), 0o600)
  const job = { from: here.at('old'), to: here.at('new'), patterns: ['app/config/**'], signal }

  expect(await carryPaths(job)).toStrictEqual({ files: 2, bytes: 7 })
  writeFileSync(here.at('old/app/config/user.yaml'), 'edited again')
  await carryPaths(job)

  expect(look(here.at('new'))).toStrictEqual({
    app: '755/',
    'app/config': '755/',
    'app/config/.secret': '600 s',
    'app/config/added.yaml': '644 new default',
    'app/config/user.yaml': '644 edited again',
    'app/main.py': '644 new',
  })
})

test('when a database is carried over, then what SQLite keeps beside it comes along, and what it keeps no more goes', async () => {
  await using here = await room()
  here.plant({
    'old/data.db': 'db',
    'old/data.db-wal': 'rows',
    'old/data.db-wal.txt': 'other',
    'old/notes-wal': 'other',
    'new/data.db-journal': 'of an earlier copy',
    'new/shipped-wal': 'of the release',
  })
  const job = { from: here.at('old'), to: here.at('new'), patterns: ['data.db'], signal }

  await carryPaths(job)
  expect(look(here.at('new'))).toStrictEqual({
    'data.db': '644 db',
    'data.db-wal': '644 rows',
    'shipped-wal': '644 of the release',
  })

  // The program ended well since, and took its log into the database.
  rmSync(here.at('old/data.db-wal'))
  writeFileSync(here.at('old/data.db'), 'db with rows')
  await carryPaths(job)
  expect(look(here.at('new'))).toStrictEqual({ 'data.db': '644 db with rows', 'shipped-wal': '644 of the release' })
})

test('when a folder is missing in the new tree, then carrying makes it like the old one', async () => {
  await using here = await room()
  here.plant({ 'old/data/a/b': 'b', 'new/': '' })
  chmodSync(here.at('old/data'), 0o700)

  await carryPaths({ from: here.at('old'), to: here.at('new'), patterns: ['data/a/b'], signal })

  expect(look(here.at('new'))).toStrictEqual({ data: '700/', 'data/a': '755/', 'data/a/b': '644 b' })
})

test('when the folder to copy is itself a link, or is missing, then nothing is made', async () => {
  await using here = await room()
  here.plant({ 'real/x': '', link: '-> real' })
  mkdirSync(here.at('gone'))
  rmSync(here.at('gone'), { recursive: true })

  for (const from of ['link', 'gone'])
    await expect(copyTree(here.at(from), here.at('to'), { signal })).rejects.toThrow()

  expect(readdirSync(here.dir).toSorted()).toStrictEqual(['link', 'real'])
})
