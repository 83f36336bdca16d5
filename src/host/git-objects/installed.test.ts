import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { BaseFile } from '../../core/files/local.ts'
import { recordText } from '../../core/files/record.ts'
import { type Room, room } from '../tree/testing.ts'
import { blobId, sha256Of } from './blob-id.ts'
import { installedPlaces, readInstalled } from './installed.ts'

const commit = 'b387b2951a2213d1c7f491f546bf90edc5e6fee2'
const options = { full: false, signal: new AbortController().signal }

const base = (content: string, more: Partial<BaseFile> = {}): BaseFile => ({
  mode: '100644',
  blob: blobId(Buffer.from(content), 'sha1'),
  sha256: sha256Of(Buffer.from(content)),
  ...more,
})

async function bed(files: Record<string, BaseFile>) {
  const here = await room()
  const places = installedPlaces(here.dir, 'helpdesk')
  mkdirSync(here.at('installed'))
  writeFileSync(places.record, recordText(commit, new Map(Object.entries(files))))
  const read = () => readInstalled(here.at('tree'), places, options)
  return { here, places, read, [Symbol.asyncDispose]: () => here[Symbol.asyncDispose]() }
}

test('when the tree is what was installed, edits aside, then the record is believed', async () => {
  await using bench = await bed({ a: base('1'), b: base('2'), c: base('3'), '.env': base('s', { sha256: null }) })
  bench.here.plant({ 'tree/a': '1', 'tree/b': '2', 'tree/c': 'mine' })
  expect(await bench.read()).toMatchObject({ commit, believed: true, edited: ['c'] })
})

test('when most of the tree is another one, then nobody knows what is installed', async () => {
  await using bench = await bed({ a: base('1'), b: base('2'), c: base('3') })
  bench.here.plant({ 'tree/a': 'other', 'tree/b': 'x' })
  expect(await bench.read()).toMatchObject({ believed: false, edited: ['a', 'b', 'c'] })
})

test('when there is no record, or one that cannot be understood, then there is none', async () => {
  await using bench = await bed({})
  writeFileSync(bench.places.record, '{"v":7}')
  expect(await bench.read()).toBeNull()
  expect(await readInstalled(bench.here.dir, installedPlaces(bench.here.dir, 'other'), options)).toBeNull()
})

describe('when it was held against the tree before', () => {
  const later = { full: false, nowMs: Date.now() + 60_000, signal: new AbortController().signal }
  async function known() {
    const bench = await bed({ a: base('1'), 'd/b': base('2') })
    bench.here.plant({ 'tree/a': '1', 'tree/d/b': '2', 'elsewhere/b': '2' })
    const read = () => readInstalled(bench.here.at('tree'), bench.places, later)
    expect(await read()).toMatchObject({ believed: true, edited: [] })
    // What would be found if anything were read.
    const text = readFileSync(bench.places.stats, 'latin1')
    writeFileSync(bench.places.stats, text.replace('"edited":[]', '"edited":["as it was"]'), 'latin1')
    return { ...bench, read, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() }
  }

  test('and nothing was written to since, then that holds without reading anything', async () => {
    await using it = await known()
    expect(await it.read()).toMatchObject({ commit, believed: true, edited: ['as it was'] })
  })

  test.each<[string, (here: Room) => void]>([
    ['a file was written', (here) => writeFileSync(here.at('tree/a'), 'x')],
    ['a file is gone', (here) => rmSync(here.at('tree/a'))],
    [
      'another record was written',
      (here) => writeFileSync(here.at('installed/helpdesk.json'), recordText(commit, new Map([['a', base('1')]]))),
    ],
    [
      'a folder became a link',
      (here) => {
        rmSync(here.at('tree/d'), { recursive: true })
        symlinkSync(here.at('elsewhere'), here.at('tree/d'))
      },
    ],
  ])('and %s since, then it is looked at again', async (_, change) => {
    await using it = await known()
    change(it.here)
    expect((await it.read())?.edited).not.toContain('as it was')
  })
})
