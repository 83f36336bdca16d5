import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { BaseFile } from '../../core/files/local.ts'
import { recordText } from '../../core/files/record.ts'
import { room } from '../tree/testing.ts'
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
  expect(await bench.read()).toMatchObject({ record: { commit }, believed: true, edited: ['c'] })
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
