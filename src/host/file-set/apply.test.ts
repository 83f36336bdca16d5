import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { applyFiles, areFilesApplied, undoFiles } from './apply.ts'
import { readKept } from './saved.ts'
import { planned, plantedApp as world, portrait, update, watch } from './testing.ts'

test('W3: when a set is installed, then the tree is new, nothing else is in it, and undo brings back exactly what was', async () => {
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
