import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Answer, type OddEngine, oddEngine, sends } from '../../host/containers/testing.ts'
import { volumeBackup } from './index.ts'

const never = new AbortController().signal
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-volume-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

interface Told {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly Options: Readonly<Record<string, string>> | null
  readonly Labels: Readonly<Record<string, string>> | null
}

const folderOf = (name: string): string => join(dir, 'volumes', name, '_data')

const told = (name: string, more: Partial<Told> = {}): Told => ({
  Name: name,
  Driver: 'local',
  Mountpoint: folderOf(name),
  Options: null,
  Labels: null,
  ...more,
})

/** What compose made of the volume that its file calls `data`. */
const composed = (name: string): Told => told(name, { Labels: { 'com.docker.compose.volume': 'data' } })

/** An engine that has these volumes; `users`: the containers that run with any of them. */
function engineWith(volumes: readonly Told[], users: readonly string[] = []): Promise<OddEngine> {
  const each = volumes.map((volume): [string, Answer] => [`GET /volumes/${volume.Name}`, sends(200, volume)])
  return oddEngine({
    ...Object.fromEntries(each),
    'GET /volumes': sends(200, { Volumes: volumes }),
    'GET /containers/json': sends(
      200,
      users.map((name) => ({ Id: name, Names: [`/${name}`] })),
    ),
  })
}

async function plant(volume: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folderOf(volume), { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(folderOf(volume), name), text)
}

function setup(engine: OddEngine, more: Readonly<Record<string, unknown>> = {}) {
  const backup = volumeBackup({ environment: { DOCKER_HOST: engine.host } })
  const config = backup.config.parse({ type: 'volume', name: 'data', ...more })
  const ref = { component: 'app', data: { type: 'volume', name: 'data' }, dir: join(dir, 'backups/app/b1') }
  const restoreRef = { backup: ref, aside: join(dir, 'backups/app/aside') }
  return {
    ref,
    needBytes: () => backup.needBytes(config),
    create: () => backup.create(config, { ref, version: '1.0.0', run: null, signal: never }),
    restore: () => backup.restore(config, restoreRef, never),
    unrestore: () => backup.unrestore(config, restoreRef, never),
  }
}

const text = (volume: string, name = 'rows') => readFile(join(folderOf(volume), name), 'utf8')

test('when a volume is saved and restored then it is as it was, and what came since is kept aside', async () => {
  await using engine = await engineWith([told('data')])
  const { create, restore, unrestore, needBytes } = setup(engine)
  await plant('data', { rows: 'first' })
  await chmod(folderOf('data'), 0o2770)
  expect(await needBytes()).toBe(5)
  expect(await create()).toMatchObject({ kind: 'volume', source: 'data', files: 1, bytes: 5 })
  await plant('data', { rows: 'second', more: 'x' })
  await restore()
  expect(await readdir(folderOf('data'))).toEqual(['rows'])
  expect(await text('data')).toBe('first')
  expect((await stat(folderOf('data'))).mode & 0o7777).toBe(0o2770)
  await unrestore()
  expect(await text('data')).toBe('second')
  expect(await readdir(join(dir, 'volumes/data'))).toEqual(['_data'])
})

test('when the name is the one in a compose file then the only volume that compose made of it is meant', async () => {
  await using engine = await engineWith([composed('shop_data'), told('other')])
  const { create, ref } = setup(engine)
  await plant('shop_data', { rows: 'shop' })
  await create()
  expect(await readFile(join(ref.dir, 'data/rows'), 'utf8')).toBe('shop')
})

test('when a volume has that very name then it is meant, whatever compose made', async () => {
  await using engine = await engineWith([composed('shop_data'), told('data')])
  const { create, ref } = setup(engine)
  await plant('shop_data', { rows: 'shop' })
  await plant('data', { rows: 'own' })
  await create()
  expect(await readFile(join(ref.dir, 'data/rows'), 'utf8')).toBe('own')
})

test('when a short name means another volume by then, the backup still goes back to its own', async () => {
  await plant('shop_data', { rows: 'shop' })
  await plant('data', { rows: 'own' })
  await using engine = await engineWith([composed('shop_data')])
  await setup(engine).create()
  await plant('shop_data', { rows: 'later' })
  await using engineLater = await engineWith([composed('shop_data'), told('data'), composed('blog_data')])
  await setup(engineLater).restore()
  expect(await text('shop_data')).toBe('shop')
  expect(await text('data')).toBe('own')
})

test.each<[string, readonly Told[], string]>([
  ['there is none', [told('database')], 'docker volume ls'],
  ['two projects have one', [composed('shop_data'), composed('blog_data')], 'whole name'],
  ['its driver keeps it elsewhere', [told('data', { Driver: 'rexray' })], 'rexray'],
  [
    'it is a folder of its own by a bind mount',
    [told('data', { Options: { type: 'none', o: 'bind', device: '/srv/data' } })],
    'path: /srv/data',
  ],
  ['it is a network share', [told('data', { Options: { type: 'nfs', o: 'addr=nas', device: ':/x' } })], 'kept'],
  [
    'its folder is not here',
    [told('data', { Mountpoint: '/var/lib/belay-test/none/_data' })],
    'outside of a container',
  ],
])('when %s then that is said before anything happens, with what to do', async (_, volumes, hint) => {
  await using engine = await engineWith(volumes)
  const { needBytes, create } = setup(engine)
  for (const asked of [needBytes, create]) {
    await expect(asked()).rejects.toMatchObject({
      problem: { code: 'E_BACKUP_FAILED', hint: expect.stringContaining(hint) },
    })
  }
  expect(await readdir(dir)).toEqual([])
})

test('when containers run with the volume then nothing is replaced under them', async () => {
  await plant('data', { rows: 'first' })
  await using engine = await engineWith([told('data')], ['shop_worker_1'])
  const { create, restore, unrestore } = setup(engine)
  await create()
  await plant('data', { rows: 'second' })
  for (const replace of [restore, unrestore]) {
    await expect(replace()).rejects.toMatchObject({
      problem: { code: 'E_SERVICE_STOP', hint: expect.stringContaining('docker stop shop_worker_1') },
    })
  }
  expect(await text('data')).toBe('second')
})

test('when a volume came after the backup then a restore empties it, and keeps what was in it', async () => {
  await using before = await engineWith([])
  const record = await setup(before, { optional: true }).create()
  expect(record).toMatchObject({ files: 0, bytes: 0 })
  expect(await setup(before, { optional: true }).needBytes()).toBe(0)
  await setup(before, { optional: true }).restore()
  await plant('shop_data', { rows: 'by the new version' })
  await chmod(folderOf('shop_data'), 0o1777)
  await using after = await engineWith([composed('shop_data')])
  const { restore, unrestore } = setup(after, { optional: true })
  await restore()
  expect(await readdir(folderOf('shop_data'))).toEqual([])
  expect((await stat(folderOf('shop_data'))).mode & 0o7777).toBe(0o1777)
  await unrestore()
  expect(await text('shop_data')).toBe('by the new version')
})

test('when the volume is gone then its backup is not put anywhere else', async () => {
  await plant('shop_data', { rows: 'shop' })
  await using before = await engineWith([composed('shop_data')])
  await setup(before).create()
  await plant('blog_data', { rows: 'blog' })
  await using after = await engineWith([composed('blog_data')])
  await expect(setup(after).restore()).rejects.toMatchObject({
    problem: { code: 'E_NOT_FOUND', hint: expect.stringContaining('docker volume create shop_data') },
  })
  expect(await text('blog_data')).toBe('blog')
})

test('when the backups lie in the volume then that is refused', async () => {
  await plant('data', { rows: 'x' })
  await mkdir(join(folderOf('data'), 'backups'), { recursive: true })
  await using engine = await engineWith([told('data')])
  const backup = volumeBackup({ environment: { DOCKER_HOST: engine.host } })
  const ref = { component: 'app', data: { type: 'volume' }, dir: join(folderOf('data'), 'backups/b1') }
  const creating = backup.create(backup.config.parse({ type: 'volume', name: 'data' }), {
    ref,
    version: null,
    run: null,
    signal: never,
  })
  await expect(creating).rejects.toMatchObject({
    problem: { code: 'E_BACKUP_FAILED', message: expect.stringContaining('would lie in') },
  })
  expect(await readdir(join(folderOf('data'), 'backups'))).toEqual([])
})

test('when include and exclude choose then only that is saved and replaced', async () => {
  await plant('data', { rows: 'first', cache: 'c1' })
  await using engine = await engineWith([told('data')])
  const { create, restore } = setup(engine, { exclude: ['cache'] })
  expect(await create()).toMatchObject({ files: 1 })
  await plant('data', { rows: 'second', cache: 'c2' })
  await restore()
  expect([await text('data'), await text('data', 'cache')]).toEqual(['first', 'c2'])
})
