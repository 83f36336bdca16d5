import { mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Spec } from '../../src/core/model/names.ts'
import type { BackupRef, RestoreRef } from '../../src/core/plan/step.ts'
import type { OpenBackup } from '../../src/ports/adapters.ts'
import { openBackup } from './backup.open.ts'

/** One set of data, and a hand on it. */
export interface Data {
  readonly spec: Spec
  /** Its database, or its file. */
  readonly at: string
  /** Everything in it, as text that is the same for the same data; null: it is not there. */
  look(): Promise<string | null>
  /** Other rows, and another shape. */
  change(): Promise<void>
  remove(): Promise<void>
  /** What a restore left beside it for people, null: nothing. */
  kept(ref: RestoreRef): Promise<string | null>
}

export interface DataWorld {
  readonly name: string
  /** `rich`: with everything that such data can be made of. */
  make(shape: 'rich' | 'empty' | 'absent'): Promise<Data>
  /** Writes pairs in transactions all the time, as a program of its own would; the look of a whole state says `whole`. */
  write(data: Data): Promise<{ stop(): Promise<void> }>
  isWhole(data: Data): Promise<boolean>
  /** Somebody who has it open and does not go. */
  hold(data: Data): Promise<{ stop(): Promise<void> }>
  close(): Promise<void>
}

const never = new AbortController().signal

export interface Saved {
  readonly backup: OpenBackup
  readonly dir: string
  readonly ref: BackupRef
  readonly restore: RestoreRef
  create(): Promise<unknown>
}

export async function saving(data: Data): Promise<Saved> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-data-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const backup = await openBackup(data.spec)
  const ref = { component: 'app', data: data.spec, dir: join(dir, 'app/r-0123456789-0') }
  return {
    backup,
    dir,
    ref,
    restore: { backup: ref, aside: `${ref.dir}.aside` },
    create: () => backup.create({ ref, version: '1.0.0', run: 'r-0123456789', signal: never }),
  }
}

export function describeBackup(openWorld: () => Promise<DataWorld>): void {
  let world: DataWorld
  beforeAll(async () => {
    world = await openWorld()
  }, 120_000)
  afterAll(() => world?.close())

  test('when data is restored then it is as it was, and undoing gives what was there before', async () => {
    const data = await world.make('rich')
    const saved = await saving(data)
    expect(await saved.backup.needBytes()).toBeGreaterThan(0)
    const record = await saved.create()
    expect(record).toMatchObject({ v: 1, kind: data.spec.type, source: saved.backup.source, run: 'r-0123456789' })
    expect(await saved.backup.verify(saved.ref)).toEqual(record)
    expect(await readdir(join(saved.dir, 'app'))).toEqual(['r-0123456789-0'])
    const first = await data.look()
    await data.change()
    const later = await data.look()
    expect(later).not.toBe(first)
    await saved.backup.restore(saved.restore, never)
    expect(await data.look()).toBe(first)
    expect(await data.kept(saved.restore)).not.toBeNull()
    // Done again, it changes nothing: what is aside is still what was there before.
    await saved.backup.restore(saved.restore, never)
    expect(await data.look()).toBe(first)
    await saved.backup.unrestore(saved.restore, never)
    expect(await data.look()).toBe(later)
    await saved.backup.unrestore(saved.restore, never)
    expect(await data.look()).toBe(later)
    expect(await data.kept(saved.restore)).toBeNull()
  })

  test('when it is restored, taken back and restored again then each time the right data is there', async () => {
    const data = await world.make('rich')
    const saved = await saving(data)
    await saved.create()
    const first = await data.look()
    await data.change()
    const later = await data.look()
    for (let n = 0; n < 2; n++) {
      await saved.backup.restore(saved.restore, never)
      expect(await data.look()).toBe(first)
      await saved.backup.unrestore(saved.restore, never)
      expect(await data.look()).toBe(later)
    }
    await saved.backup.restore(saved.restore, never)
    await saved.backup.discard(saved.restore.aside, never)
    expect(await data.look()).toBe(first)
  })

  test('when a program writes all the time then one whole state is saved', async () => {
    const data = await world.make('rich')
    const saved = await saving(data)
    const writer = await world.write(data)
    try {
      await saved.create()
    } finally {
      await writer.stop()
    }
    await saved.backup.restore(saved.restore, never)
    expect(await world.isWhole(data)).toBe(true)
  })

  test('when a backup is damaged then nothing is touched', async () => {
    const data = await world.make('rich')
    const saved = await saving(data)
    await saved.create()
    await data.change()
    const later = await data.look()
    for (const file of await filesIn(join(saved.ref.dir, 'data'))) {
      const bytes = await readFile(file)
      await flip(file)
      await expect(saved.backup.restore(saved.restore, never)).rejects.toMatchObject({
        problem: { code: 'E_BACKUP_UNREADABLE' },
      })
      expect(await data.look()).toBe(later)
      await using handle = await open(file, 'r+')
      await handle.write(bytes, 0, bytes.length, 0)
    }
    await saved.backup.verify(saved.ref)
    await saved.backup.unrestore(saved.restore, never)
    expect(await data.look()).toBe(later)
  })

  test('when it is empty then it is empty again', async () => {
    const data = await world.make('empty')
    const saved = await saving(data)
    await saved.create()
    const first = await data.look()
    await data.change()
    await saved.backup.restore(saved.restore, never)
    expect(await data.look()).toBe(first)
  })

  test('when it was not there then that stops a backup, unless it is optional: then a restore ends with none', async () => {
    const data = await world.make('absent')
    const saved = await saving(data)
    await expect(saved.create()).rejects.toMatchObject({ problem: { code: 'E_BACKUP_FAILED', hint: /optional/ } })
    const optional = await saving({ ...data, spec: { ...data.spec, optional: true } })
    expect(await optional.create()).toMatchObject({ files: 0 })
    await data.change()
    const later = await data.look()
    await optional.backup.restore(optional.restore, never)
    expect(await data.look()).toBeNull()
    await optional.backup.restore(optional.restore, never)
    expect(await data.look()).toBeNull()
    await optional.backup.unrestore(optional.restore, never)
    expect(await data.look()).toBe(later)
  })

  test('when it is gone then a restore makes it, and undoing takes it away', async () => {
    const data = await world.make('rich')
    const saved = await saving(data)
    await saved.create()
    const first = await data.look()
    await data.remove()
    await saved.backup.restore(saved.restore, never)
    expect(await data.look()).toBe(first)
    await saved.backup.restore(saved.restore, never)
    expect(await data.look()).toBe(first)
    await saved.backup.unrestore(saved.restore, never)
    expect(await data.look()).toBeNull()
  })

  test('when somebody holds it open then it is restored all the same', async () => {
    const data = await world.make('rich')
    const saved = await saving(data)
    await saved.create()
    const first = await data.look()
    await data.change()
    const later = await data.look()
    for (const [verb, wanted] of [
      ['restore', first],
      ['unrestore', later],
    ] as const) {
      const holder = await world.hold(data)
      await saved.backup[verb](saved.restore, never)
      await holder.stop()
      expect(await data.look()).toBe(wanted)
    }
  })
}

async function filesIn(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function flip(file: string): Promise<void> {
  await using handle = await open(file, 'r+')
  const { size } = await handle.stat()
  const at = Math.floor(size / 2)
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
  await handle.write(Buffer.from([(buffer[0] ?? 0) ^ 0x20]), 0, 1, at)
}
