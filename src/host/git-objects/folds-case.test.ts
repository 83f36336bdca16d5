import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { room } from '../tree/testing.ts'
import { foldsCase } from './folds-case.ts'

test('when a folder is asked, then the answer is that of its file system, also where nothing is there yet', async () => {
  await using here = await room()
  here.plant({ 'Some File': 'x', 'some other': 'y' })
  const folds = existsSync(here.at('SOME FILE'))
  expect(foldsCase(here.dir)).toBe(folds)
  expect(foldsCase(here.at('not/there'))).toBe(folds)
})

test('when both spellings are there, then they are two files', async () => {
  await using here = await room()
  here.plant({ a: 'x' })
  if (existsSync(here.at('A'))) return
  here.plant({ A: 'x' })
  expect(foldsCase(here.dir)).toBe(false)
})
