import { writeFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { applyFiles, areFilesApplied, undoFiles } from './apply.ts'
import { planned, plantedApp as world, portrait, watch, type Wish } from './testing.ts'

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
