import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { applyFiles, areFilesApplied, undoFiles } from './apply.ts'
import { readKept } from './saved.ts'
import { folderInodes, planned, portrait, watch, type Wish } from './testing.ts'

const asRoot = test.runIf(process.getuid?.() === 0)

async function world() {
  const here = await room()
  here.plant({
    'app/VERSION': '1',
    'app/main.py': 'old main',
    'app/lib/a.py': 'old a',
    'app/lib/gone.py': 'old gone',
    'app/static/logo': '-> ../lib/a.py',
    'app/data/user.db': 'rows',
  })
  chmodSync(here.at('app/main.py'), 0o750)
  return here
}

const update: Readonly<Record<string, Wish>> = {
  VERSION: '2',
  'main.py': { text: 'new main', mode: 0o755 },
  'lib/gone.py': null,
  'lib/deep/er/new.py': 'new',
  'static/logo': '-> ../VERSION',
}

test('when a set is installed, then the tree is new, nothing else is in it, and undo brings back exactly what was', async () => {
  await using here = await world()
  const before = portrait(here.at('app'))
  const it = await planned(here.dir, update)
  expect(await areFilesApplied(it)).toBe(false)
  const done = await applyFiles(it, watch)
  expect(done).toMatchObject({ files: 5, skipped: [], warnings: [] })
  const after = portrait(here.at('app'))
  expect(Object.keys(after)).toEqual(
    [
      ...Object.keys(before).filter((path) => path !== 'lib/gone.py'),
      'lib/deep',
      'lib/deep/er',
      'lib/deep/er/new.py',
    ].toSorted(),
  )
  expect(after['main.py']).toContain('new main')
  expect(after['main.py']).toMatch(/^755 /)
  expect(after['static/logo']).toBe('-> ../VERSION')
  expect(await areFilesApplied(it)).toBe(true)
  await applyFiles(it, watch)
  expect(portrait(here.at('app'))).toEqual(after)
  expect(await undoFiles(it)).toEqual([])
  expect(portrait(here.at('app'))).toEqual(before)
  expect(existsSync(it.saved)).toBe(false)
  expect(await undoFiles(it)).toEqual([])
  expect(portrait(here.at('app'))).toEqual(before)
})

test('H6: when names would fold into one another, then each is kept under its very path, which maps back', async () => {
  await using here = await room()
  here.plant({ 'app/apps/a_b.py': 'one', 'app/apps_a/b.py': 'two', 'app/apps/a/b.py': 'three' })
  const it = await planned(here.dir, { 'apps/a_b.py': 'x', 'apps_a/b.py': 'y', 'apps/a/b.py': 'z' })
  await applyFiles(it, watch)
  const kept = await readKept(it.saved)
  expect(kept).toMatchObject({ root: here.at('app'), from: '1', to: '2' })
  for (const { path } of kept?.changes ?? []) expect(existsSync(join(it.saved, 'files', path))).toBe(true)
  expect(readFileSync(join(it.saved, 'files/apps/a_b.py'), 'utf8')).toBe('one')
  expect(readFileSync(join(it.saved, 'files/apps_a/b.py'), 'utf8')).toBe('two')
  expect(readFileSync(join(it.saved, 'files/apps/a/b.py'), 'utf8')).toBe('three')
})

test('H5: when the old content of one file cannot be kept, then nothing is touched', async () => {
  await using here = await world()
  const before = portrait(here.at('app'))
  // Where the copies were to go there is a file.
  here.plant({ 'backups/app': 'in the way' })
  const it = await planned(here.dir, update)
  await expect(applyFiles(it, watch)).rejects.toThrow()
  expect(portrait(here.at('app'))).toEqual(before)
})

test('H5: when a new file is empty, then it is installed like any other', async () => {
  await using here = await world()
  const it = await planned(here.dir, { 'lib/__init__.py': '', VERSION: '' })
  await applyFiles(it, watch)
  expect(readFileSync(here.at('app/lib/__init__.py'), 'utf8')).toBe('')
  expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('')
})

test('W6: when one content of the set is missing or not what it should be, then nothing is installed', async () => {
  await using here = await world()
  const before = portrait(here.at('app'))
  const it = await planned(here.dir, update)
  const [one = ''] = readdirSync(join(it.set, 'new'))
  const good = readFileSync(join(it.set, 'new', one))
  rmSync(join(it.set, 'new', one))
  await expect(applyFiles(it, watch)).rejects.toMatchObject({ problem: { code: 'E_IO' } })
  expect(portrait(here.at('app'))).toEqual(before)
  writeFileSync(join(it.set, 'new', one), Buffer.alloc(good.length, '?'))
  await expect(applyFiles(it, watch)).rejects.toMatchObject({ problem: { code: 'E_IO' } })
  await undoFiles(it)
  expect(portrait(here.at('app'))).toEqual(before)
})

describe('what somebody wrote', () => {
  test('when a file is neither old nor new, then nothing is touched and it is named', async () => {
    await using here = await world()
    const it = await planned(here.dir, update)
    writeFileSync(here.at('app/main.py'), 'edited')
    const before = portrait(here.at('app'))
    await expect(applyFiles(it, watch)).rejects.toMatchObject({
      problem: { code: 'E_FILE_CHANGED', facts: { paths: ['main.py'] } },
    })
    await undoFiles(it)
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when it is to be saved instead, then the update goes on and what was edited is kept', async () => {
    await using here = await world()
    const it = await planned(here.dir, update, { edited: 'save' })
    writeFileSync(here.at('app/main.py'), 'edited')
    const before = portrait(here.at('app'))
    await applyFiles(it, watch)
    expect(readFileSync(join(it.saved, 'files/main.py'), 'utf8')).toBe('edited')
    await undoFiles(it)
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when a new file is edited before the undo, then the old one is back and the edit is kept aside', async () => {
    await using here = await world()
    const before = portrait(here.at('app'))
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    writeFileSync(here.at('app/main.py'), 'edited')
    writeFileSync(here.at('app/lib/deep/er/new.py'), 'edited too')
    expect(await undoFiles(it)).toEqual(['lib/deep/er/new.py', 'main.py'])
    expect(portrait(here.at('app'))).toEqual(before)
    expect(readFileSync(join(it.saved, 'aside/main.py'), 'utf8')).toBe('edited')
    expect(readFileSync(join(it.saved, 'aside/lib/deep/er/new.py'), 'utf8')).toBe('edited too')
    expect(await readKept(it.saved)).toBeNull()
  })

  test('when somebody put a file into a folder that the update made, then undo leaves both', async () => {
    await using here = await world()
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    writeFileSync(here.at('app/lib/deep/note'), 'mine')
    await undoFiles(it)
    expect(readFileSync(here.at('app/lib/deep/note'), 'utf8')).toBe('mine')
    expect(existsSync(here.at('app/lib/deep/er'))).toBe(false)
  })

  test('when somebody removed the folder of an old file, then undo makes it again', async () => {
    await using here = await world()
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    rmSync(here.at('app/static'), { recursive: true })
    await undoFiles(it)
    expect(lstatSync(here.at('app/static/logo')).isSymbolicLink()).toBe(true)
  })
})

describe('kinds', () => {
  const shapes: readonly [string, Readonly<Record<string, Wish>>][] = [
    ['a file becomes a folder', { 'main.py': null, 'main.py/__init__.py': 'new', 'main.py/sub/x.py': 'new' }],
    ['a file becomes a folder by name', { 'main.py': '/', 'main.py/x': 'new' }],
    ['a folder becomes a file', { 'lib/a.py': null, 'lib/gone.py': null, lib: 'new' }],
    ['a folder becomes a link', { 'lib/a.py': null, 'lib/gone.py': null, lib: '-> data' }],
    ['a link becomes a folder', { 'static/logo': null, 'static/logo/x': 'new' }],
    ['a link becomes a file', { 'static/logo': 'new' }],
    ['a file becomes a link', { VERSION: '-> main.py' }],
    ['only a mode changes', { VERSION: { text: '1', mode: 0o755 } }],
    ['only a case changes', { VERSION: null, version: '1' }],
    [
      'a folder is made, and another taken away',
      { empty: '/', 'lib/gone.py': null, 'static/logo': null, static: null },
    ],
  ]
  test.each(shapes)('when %s, then it does, and undo brings back what was', async (_, wishes) => {
    await using here = await world()
    const before = portrait(here.at('app'))
    const it = await planned(here.dir, wishes)
    await applyFiles(it, watch)
    const after = portrait(here.at('app'))
    expect(await areFilesApplied(it)).toBe(true)
    for (const [path, wish] of Object.entries(wishes)) {
      const became = Object.keys(wishes).some((other) => other.startsWith(`${path}/`) && wishes[other] !== null)
      if (wish === null && !became) expect(after[path]).toBeUndefined()
      else expect(after[path]).toMatch(wish === '/' || became ? /\/$/ : /new|1|->/)
    }
    await applyFiles(it, watch)
    await undoFiles(it)
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when a folder becomes a file and somebody has something in it, then nothing is touched', async () => {
    await using here = await world()
    const it = await planned(here.dir, { 'lib/a.py': null, 'lib/gone.py': null, lib: 'new' })
    writeFileSync(here.at('app/lib/mine.txt'), 'mine')
    const before = portrait(here.at('app'))
    await expect(applyFiles(it, watch)).rejects.toThrow('mine.txt')
    await undoFiles(it)
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when a folder of the user is left, then it stays', async () => {
    await using here = await world()
    const it = await planned(here.dir, { 'lib/a.py': null, 'lib/gone.py': null, lib: null })
    writeFileSync(here.at('app/lib/mine.txt'), 'mine')
    await applyFiles(it, watch)
    expect(readdirSync(here.at('app/lib'))).toEqual(['mine.txt'])
    expect(await areFilesApplied(it)).toBe(true)
  })
})

describe('names and links', () => {
  test('when names are odd, then they are only names', async () => {
    await using here = await room()
    const long = 'ü'.repeat(127) + 'x'
    const names = ['-rf', 'mit Leerzeichen', 'Übersicht', 'a\uf03ab', '$(touch x)', 'tab\there', 'new\nline', long]
    here.plant(Object.fromEntries(names.map((name) => [`app/${name}`, 'old'])))
    const before = portrait(here.at('app'))
    const it = await planned(
      here.dir,
      Object.fromEntries(
        names.flatMap((name) => [
          [name, 'new'],
          [`in ${name.slice(0, 20)}/${name}`, 'new'],
        ]),
      ),
    )
    await applyFiles(it, watch)
    for (const name of names) expect(readFileSync(here.at(`app/${name}`), 'utf8')).toBe('new')
    await undoFiles(it)
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when a folder of the tree is a link to elsewhere, then nothing is written or removed there', async () => {
    await using here = await world()
    here.plant({ 'outside/a.py': 'theirs', 'outside/b.py': 'theirs' })
    symlinkSync('../outside', here.at('app/linked'))
    const adds = await planned(here.dir, { 'linked/new.py': 'new', VERSION: '2' })
    await expect(applyFiles(adds, watch)).rejects.toMatchObject({ problem: { code: 'E_PATH_INVALID' } })
    await undoFiles(adds)
    const removes = await planned(here.dir, { VERSION: '2' }, { set: here.at('other') })
    const list = JSON.parse(readFileSync(here.at('other/changes.json'), 'utf8')) as { changes: object[] }
    const state = { kind: 'file', sha256: '0'.repeat(64), bytes: 6, mode: 0o644 }
    list.changes.push({ path: 'linked/a.py', from: state, to: null })
    writeFileSync(here.at('other/changes.json'), JSON.stringify(list))
    await applyFiles(removes, watch)
    expect(readdirSync(here.at('outside'))).toEqual(['a.py', 'b.py'])
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('2')
  })

  test('when a file has a second name elsewhere, then that one keeps the old content, and it is said', async () => {
    await using here = await world()
    linkSync(here.at('app/VERSION'), here.at('other-name'))
    const it = await planned(here.dir, update)
    const { warnings } = await applyFiles(it, watch)
    expect(warnings).toEqual([expect.stringContaining('VERSION had other names')])
    expect(readFileSync(here.at('other-name'), 'utf8')).toBe('1')
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('2')
    await undoFiles(it)
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('1')
  })

  test('when no folder goes, then every folder is the one that was there', async () => {
    await using here = await world()
    const before = folderInodes(here.at('app'))
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    for (const [path, inode] of before) expect(statSync(here.at(join('app', path))).ino).toBe(inode)
    await undoFiles(it)
    expect(folderInodes(here.at('app'))).toEqual(before)
  })
})

describe('rights', () => {
  asRoot(
    'when root updates files of somebody, then they keep their owners, and new ones get the one that is named',
    async () => {
      await using here = await world()
      const { chownSync } = await import('node:fs')
      chownSync(here.at('app/main.py'), 1234, 4321)
      const before = portrait(here.at('app'))
      const it = await planned(here.dir, update, { owner: { uid: 77, gid: 78 } })
      await applyFiles(it, watch)
      expect(statSync(here.at('app/main.py'))).toMatchObject({ uid: 1234, gid: 4321 })
      expect(statSync(here.at('app/lib/deep'))).toMatchObject({ uid: 77, gid: 78 })
      expect(statSync(here.at('app/lib/deep/er/new.py'))).toMatchObject({ uid: 77, gid: 78 })
      await undoFiles(it)
      expect(portrait(here.at('app'))).toEqual(before)
    },
  )

  test('when the set asks for setuid, then it is not given; a file that has it keeps it, and undo gives it back', async () => {
    await using here = await world()
    chmodSync(here.at('app/main.py'), 0o4755)
    const before = portrait(here.at('app'))
    const it = await planned(here.dir, {
      'main.py': { text: 'new', mode: 0o755 },
      'lib/a.py': { text: 'new', mode: 0o4755 },
      'lib/b.py': { text: 'new', mode: 0o6755 },
    })
    await applyFiles(it, watch)
    expect(statSync(here.at('app/main.py')).mode & 0o7777).toBe(0o4755)
    expect(statSync(here.at('app/lib/a.py')).mode & 0o7777).toBe(0o755)
    expect(statSync(here.at('app/lib/b.py')).mode & 0o7777).toBe(0o755)
    await undoFiles(it)
    expect(portrait(here.at('app'))).toEqual(before)
  })

  asRoot('when what is saved belongs to somebody else, then it is not believed', async () => {
    await using here = await world()
    const { chownSync } = await import('node:fs')
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    chownSync(it.saved, 65534, 65534)
    await expect(undoFiles(it)).rejects.toMatchObject({ problem: { code: 'E_STATE_UNSAFE' } })
    expect(await readKept(it.saved)).toBeNull()
  })
})

test('when a record goes with the files, then it changes and comes back with them', async () => {
  await using here = await world()
  const record = { path: here.at('state/installed/app.json'), next: here.at('set/record.json') }
  const it = await planned(here.dir, update, { record })
  writeFileSync(record.next, 'two')
  await applyFiles(it, watch)
  expect(readFileSync(record.path, 'utf8')).toBe('two')
  await undoFiles(it)
  expect(existsSync(record.path)).toBe(false)
  writeFileSync(record.path, 'one')
  await applyFiles(it, watch)
  expect(readFileSync(join(it.saved, 'record.json'), 'utf8')).toBe('one')
  expect(await areFilesApplied(it)).toBe(true)
  writeFileSync(record.path, 'torn')
  expect(await areFilesApplied(it)).toBe(false)
  await undoFiles(it)
  expect(readFileSync(record.path, 'utf8')).toBe('one')
})

test('when what was begun belongs to another run, then it is left alone', async () => {
  await using here = await world()
  const it = await planned(here.dir, update)
  await applyFiles(it, watch)
  await expect(undoFiles({ ...it, run: 'r-00000002' })).rejects.toThrow('r-00000001')
  expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('2')
  mkdirSync(here.at('x'))
})
