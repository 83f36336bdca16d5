import { chmodSync, linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { applyFiles, undoFiles } from './apply.ts'
import { readKept } from './saved.ts'
import { folderInodes, planned, plantedApp as world, portrait, update, watch } from './testing.ts'

const asRoot = test.runIf(process.getuid?.() === 0)

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
