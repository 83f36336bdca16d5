import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyFiles, areFilesApplied, undoFiles } from './apply.ts'
import { planned, plantedApp as world, portrait, run, update, watch } from './testing.ts'

/** A new folder has another name until its owner and mode are set; a crash may leave it under that one. */
const unnamed = `.belay~${run}~folder`

describe('a folder that a crash left before it had its name', () => {
  test.each(['lib', 'lib/deep'])('when it lies in %s and the update goes on, then it is gone', async (parent) => {
    await using here = await world()
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    const after = portrait(here.at('app'))
    rmSync(here.at(join('app', parent, parent === 'lib' ? 'deep' : 'er')), { recursive: true })
    mkdirSync(here.at(join('app', parent, unnamed)), { mode: 0o700 })
    expect(await areFilesApplied(it)).toBe(false)
    await applyFiles(it, watch)
    expect(portrait(here.at('app'))).toEqual(after)
  })

  test('when it lies where an update begins, then the new folder takes its place', async () => {
    await using here = await world()
    mkdirSync(here.at(join('app/lib', unnamed)))
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    expect(readdirSync(here.at('app/lib'))).toEqual(['a.py', 'deep'])
  })

  test('when somebody made the folder meanwhile, then theirs stays, and nothing else does', async () => {
    await using here = await world()
    const it = await planned(here.dir, update)
    await applyFiles(it, watch)
    rmSync(here.at('app/lib/deep/er'), { recursive: true })
    chmodSync(here.at('app/lib/deep'), 0o711)
    mkdirSync(here.at(join('app/lib', unnamed)))
    await applyFiles(it, watch)
    expect(statSync(here.at('app/lib/deep')).mode & 0o777).toBe(0o711)
    expect(existsSync(here.at(join('app/lib', unnamed)))).toBe(false)
  })

  test.each(['lib', 'lib/deep', ''])(
    'when it lies in "%s" and the update is taken back, then it is gone',
    async (parent) => {
      await using here = await world()
      const before = portrait(here.at('app'))
      const it = await planned(here.dir, update)
      await applyFiles(it, watch)
      mkdirSync(here.at(join('app', parent, unnamed)), { mode: 0o700 })
      expect(await undoFiles(it)).toEqual([])
      expect(portrait(here.at('app'))).toEqual(before)
    },
  )
})

test('when a folder passes its group on, then so do the new ones in it', async () => {
  await using here = await world()
  chmodSync(here.at('app/lib'), 0o2755)
  const it = await planned(here.dir, { 'lib/deep/er/x': 'new' })
  await applyFiles(it, watch)
  expect(statSync(here.at('app/lib/deep/er')).mode & 0o7777).toBe(0o2755)
})
