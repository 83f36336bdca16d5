import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { knownTexts } from './known-texts.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-known-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

const value = { version: 1, components: { app: { aliases: ['a', 'ä'] } } }

async function onlyEntry(): Promise<string> {
  const [name = '', ...others] = await readdir(dir)
  expect(others).toStrictEqual([])
  return join(dir, name)
}

test('when a text was remembered, then that text alone is known, to the same reader alone', () => {
  knownTexts(dir, '1').remember('a: 1', value)
  expect(knownTexts(dir, '1').valueOf('a: 1')).toStrictEqual(value)
  expect(knownTexts(dir, '1').valueOf('a: 2')).toBe(undefined)
  expect(knownTexts(dir, '2').valueOf('a: 1')).toBe(undefined)
})

test('when an entry is written, then others may not read it', async () => {
  knownTexts(dir, '1').remember('a: 1', value)
  expect((await stat(await onlyEntry())).mode & 0o777).toBe(0o600)
})

test.each<[string, (file: string) => Promise<void>]>([
  ['cut off', (file) => truncate(file, 90)],
  ['empty', (file) => truncate(file, 0)],
  ['changed', async (file) => writeFile(file, (await readFile(file, 'utf8')).replace('"version":1', '"version":2'))],
  ['open to others', (file) => chmod(file, 0o644)],
  [
    'a link',
    async (file) => {
      await writeFile(join(dir, 'elsewhere'), await readFile(file), { mode: 0o600 })
      await rm(file)
      await symlink('elsewhere', file)
    },
  ],
])('when an entry is %s, then the text is not known', async (_, damage) => {
  knownTexts(dir, '1').remember('a: 1', value)
  expect(knownTexts(dir, '1').valueOf('a: 1')).toStrictEqual(value)
  await damage(await onlyEntry())
  expect(knownTexts(dir, '1').valueOf('a: 1')).toBe(undefined)
})

test('when there are many texts, then the oldest are forgotten', async () => {
  const known = knownTexts(dir, '1')
  known.remember('first', value)
  await utimes(await onlyEntry(), 1, 1)
  for (let count = 0; count < 40; count++) known.remember(`text ${count}`, value)
  expect((await readdir(dir)).length).toBe(32)
  expect(known.valueOf('first')).toBe(undefined)
  expect(known.valueOf('text 39')).toStrictEqual(value)
})

test('when nothing can be written, then nothing is known and nothing fails', async () => {
  const known = knownTexts(join(dir, 'missing'), '1')
  known.remember('a: 1', value)
  expect(known.valueOf('a: 1')).toBe(undefined)
  expect(await readdir(dir)).toStrictEqual([])
})
