import { existsSync, mkdtempSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { crashAt } from './backup-crash.fixture.ts'
import { type DataPlace, swapBack, swapIn } from '../../src/host/data/swap.ts'

const never = new AbortController().signal
let dir = ''
let elsewhere = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-swap-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
  if (elsewhere !== '') await rm(elsewhere, { recursive: true, force: true })
  elsewhere = ''
})

/** /dev/shm is a file system of its own where it is there: renames to it fail with EXDEV. */
const shm = '/dev/shm'
const twoDisks = existsSync(shm) && (await stat(shm)).dev !== (await stat(tmpdir())).dev

interface World {
  readonly place: DataPlace
  readonly shape: 'folder' | 'file' | 'database' | 'nothing'
}

async function world(shape: World['shape'], far: boolean): Promise<World> {
  const home = await mkdtemp(join(dir, 'w-'))
  if (far && elsewhere === '') elsewhere = mkdtempSync(join(shm, 'belay-swap-'))
  const aside = far ? join(await mkdtemp(join(elsewhere, 'a-')), 'aside') : join(home, 'backups/aside')
  await mkdir(join(home, 'app'))
  if (!far) await mkdir(join(home, 'backups'))
  const path = join(home, 'app/data')
  if (shape === 'folder') {
    await mkdir(join(path, 'sub'), { recursive: true })
    await writeFile(join(path, 'sub/present'), 'present')
  }
  if (shape === 'file' || shape === 'database') await writeFile(path, 'present')
  if (shape === 'database') await writeFile(`${path}-wal`, 'present wal')
  await writeFile(join(home, 'app/neighbour'), 'neighbour')
  return { place: { path, companions: shape === 'database' ? ['-wal', '-shm'] : [], aside }, shape }
}

async function copy(to: string, shape: World['shape']): Promise<boolean> {
  if (shape !== 'folder') {
    await writeFile(to, 'saved')
    return true
  }
  await mkdir(to)
  await writeFile(join(to, 'saved'), 'saved')
  return true
}

async function contents(path: string): Promise<unknown> {
  const entry = await stat(path).catch(() => null)
  if (entry === null) return null
  if (entry.isFile()) return readFile(path, 'utf8')
  const names = (await readdir(path)).toSorted()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await contents(join(path, name))] as const)),
  )
}

const presentOf = { folder: { sub: { present: 'present' } }, file: 'present', database: 'present', nothing: null }
const savedOf = { folder: { saved: 'saved' }, file: 'saved', database: 'saved', nothing: 'saved' }

/** The copy is in place, the old data aside, and nothing else is there. */
async function expectSwapped({ place, shape }: World): Promise<void> {
  expect(await contents(place.path)).toEqual(savedOf[shape])
  expect(await contents(`${place.path}-wal`)).toBeNull()
  expect(await contents(join(place.aside, 'data'))).toEqual(presentOf[shape])
  if (shape === 'database') expect(await contents(join(place.aside, 'data-wal'))).toBe('present wal')
  expect((await readdir(join(place.path, '..'))).toSorted()).toEqual(['data', 'neighbour'])
}

/** All is as it was; `aside` may hold the copy that was taken back. */
async function expectAsBefore({ place, shape }: World): Promise<void> {
  expect(await contents(place.path)).toEqual(presentOf[shape])
  expect(await contents(`${place.path}-wal`)).toBe(shape === 'database' ? 'present wal' : null)
  const around = shape === 'nothing' ? ['neighbour'] : ['data', 'neighbour']
  expect((await readdir(join(place.path, '..'))).filter((name) => name !== 'data-wal').toSorted()).toEqual(around)
  expect(await contents(join(place.aside, 'data'))).toBeNull()
}

const shapes = ['folder', 'file', 'database', 'nothing'] as const
const places = twoDisks ? [false, true] : [false]
const cases = places.flatMap((far) => shapes.map((shape) => [shape, far ? 'another' : 'the same', far] as const))

test.each(cases)(
  'when a restore of a %s with aside on %s file system crashes at any change then doing it again ends in one state',
  async (shape, _, far) => {
    for (let at = 1; ; at++) {
      const made = await world(shape, far)
      const swap = () => swapIn(made.place, (to) => copy(to, shape), never)
      const { crashed } = await crashAt(at, swap)
      await swap()
      await swap()
      await expectSwapped(made)
      if (!crashed) {
        expect(at).toBeGreaterThan(4)
        return
      }
    }
  },
)

test.each(cases)(
  'when a restore of a %s with aside on %s file system crashes at any change then undoing brings back what was',
  async (shape, _, far) => {
    for (let at = 1; ; at++) {
      const made = await world(shape, far)
      const { crashed } = await crashAt(at, () => swapIn(made.place, (to) => copy(to, shape), never))
      await swapBack(made.place, never)
      await swapBack(made.place, never)
      await expectAsBefore(made)
      if (!crashed) return
    }
  },
)

test.each(cases)(
  'when undoing a restore of a %s with aside on %s file system crashes at any change then doing it again completes it',
  async (shape, _, far) => {
    for (let at = 1; ; at++) {
      const made = await world(shape, far)
      await swapIn(made.place, (to) => copy(to, shape), never)
      const { crashed } = await crashAt(at, () => swapBack(made.place, never))
      await swapBack(made.place, never)
      await expectAsBefore(made)
      if (!crashed) return
    }
  },
)

test('when a restore never ran then undoing it changes nothing', async () => {
  const made = await world('folder', false)
  await swapBack(made.place, never)
  await expectAsBefore(made)
})

test('when a restored copy was changed and is taken back then it is kept aside', async () => {
  const made = await world('file', false)
  await swapIn(made.place, (to) => copy(to, 'file'), never)
  await writeFile(made.place.path, 'written by the new version')
  await swapBack(made.place, never)
  expect(await contents(made.place.aside)).toEqual({ 'undone-1': { data: 'written by the new version' } })
})

test('when restored, undone and restored again then each time the right data is in place', async () => {
  const made = await world('database', false)
  for (let n = 0; n < 2; n++) {
    await swapIn(made.place, (to) => copy(to, 'database'), never)
    await expectSwapped(made)
    await swapBack(made.place, never)
    await expectAsBefore(made)
  }
})

test('when the backup says that there was nothing then the present data goes aside and nothing takes its place', async () => {
  const made = await world('folder', false)
  await swapIn(made.place, async () => false, never)
  expect(await contents(made.place.path)).toBeNull()
  await swapBack(made.place, never)
  await expectAsBefore(made)
})

test('when something appears between the two renames then it is kept, not overwritten', async () => {
  const made = await world('file', false)
  for (let at = 1; ; at++) {
    const next = await world('file', false)
    const { crashed } = await crashAt(at, () => swapIn(next.place, (to) => copy(to, 'file'), never))
    expect(crashed).toBe(true)
    if ((await contents(next.place.path)) !== null || (await contents(join(next.place.aside, 'data'))) === null)
      continue
    await writeFile(next.place.path, 'a stranger')
    await swapIn(next.place, (to) => copy(to, 'file'), never)
    expect(await contents(next.place.path)).toBe('saved')
    expect(await contents(next.place.aside)).toEqual({ data: 'present', 'later-1': { data: 'a stranger' } })
    break
  }
  await swapBack(made.place, never)
})

test('when the copy that was to take the place is gone then it is built again', async () => {
  const made = await world('file', false)
  await swapIn(made.place, (to) => copy(to, 'file'), never)
  await rm(made.place.path)
  await swapIn(made.place, (to) => copy(to, 'file'), never)
  await expectSwapped(made)
})
