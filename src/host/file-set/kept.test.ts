import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { applyFiles } from './apply.ts'
import { gapIn, keptIn, keptName, wayBack } from './kept.ts'
import { planned, watch } from './testing.ts'

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 23, 59, second))

test('when versions are kept, then they are found newest first, and only those of this tree', async () => {
  await using here = await room()
  here.plant({ 'app/a': 'a1', 'app/b': 'b1' })
  const places = here.at('backups')
  for (const [i, wishes] of [
    { a: 'a2', c: 'c2' },
    { a: 'a3', b: null },
  ].entries()) {
    const run = `r-0000000${i}`
    const versions = { from: String(i + 1), to: String(i + 2) }
    const saved = join(places, keptName(at(i), run))
    await applyFiles(await planned(here.dir, wishes, { run, saved, versions, set: here.at(`set${i}`) }), watch)
  }
  here.plant({ 'backups/20260131_235959~r-00000009/note': 'no list', 'backups/notes': 'x' })
  const kept = await keptIn(places, here.at('app'))
  expect(kept.map(({ list, since }) => [list.from, since])).toEqual([
    ['2', '2026-01-31T23:59:01.000Z'],
    ['1', '2026-01-31T23:59:00.000Z'],
  ])
  expect(await keptIn(places, here.at('other'))).toEqual([])
  expect(await keptIn(here.at('none'), here.at('app'))).toEqual([])

  expect(gapIn(kept, '3')).toBeNull()
  expect(gapIn(kept, '2')?.dir).toBe(kept[0]?.dir)
  expect(gapIn(kept.slice(1), '3')?.dir).toBe(kept[1]?.dir)

  const way = new Map(wayBack(kept).map((one) => [one.change.path, one]))
  expect([...way.keys()].toSorted()).toEqual(['a', 'b', 'c'])
  expect(way.get('c')).toMatchObject({ change: { from: { kind: 'file' }, to: null }, content: null })
  expect(way.get('a')?.content).toBe(join(kept[1]?.dir ?? '', 'files/a'))
  expect(way.get('b')?.content).toBe(join(kept[0]?.dir ?? '', 'files/b'))
  writeFileSync(join(kept[0]?.dir ?? '', 'changes.json'), '{"v":1}')
  expect(await keptIn(places, here.at('app'))).toHaveLength(1)
})
