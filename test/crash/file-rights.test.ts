// needs: users, mounts
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { applyFiles, undoFiles } from '../../src/host/file-set/apply.ts'
import { planned, portrait, watch, type Wish } from '../../src/host/file-set/testing.ts'
import type { Transaction } from '../../src/host/file-set/transaction.ts'
import { type Room, room } from '../../src/host/tree/testing.ts'
import type { Fault } from './support/fs-faults.ts'
import { putServer } from './support/put-server.ts'
import { runTransaction } from './support/run-transaction.ts'
import { seeded } from './support/sample.ts'

/** The permission ladder, climbed by a process that is not root. */
const nobody = 65534
const wrap = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']

/** An application of that user, in a room that is open to it. */
async function world(): Promise<Room> {
  const here = await room()
  here.plant({
    'app/VERSION': '1',
    'app/main.py': 'old main',
    'app/closed/a.py': 'old a '.repeat(3000),
    'app/closed/b.py': 'old b',
    'app/lib/c.py': 'old c',
    'backups/': '',
    'set/': '',
  })
  chmodSync(here.dir, 0o777)
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, here.at('app'), here.at('backups')])
  return here
}

async function plannedFor(here: Room, wishes: Record<string, Wish>, more: Partial<Transaction> = {}) {
  const it = await planned(here.dir, wishes, more)
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, it.set])
  return it
}

function close(here: Room, path: string): void {
  chownSync(here.at(path), 0, 0)
  chmodSync(here.at(path), 0o555)
}

const asNobody = (verb: 'apply' | 'observe' | 'undo', it: Transaction, fault?: Fault) =>
  runTransaction(verb, it, fault, wrap)

describe('a read-only file in the middle', () => {
  test('when its folder is open, then it is replaced, and comes back read-only', async () => {
    await using here = await world()
    chmodSync(here.at('app/lib/c.py'), 0o400)
    const before = portrait(here.at('app'))
    const it = await plannedFor(here, { 'main.py': 'new', 'lib/c.py': { text: 'new', mode: 0o400 }, VERSION: '2' })
    expect((await asNobody('apply', it)).problem).toBeNull()
    expect(readFileSync(here.at('app/lib/c.py'), 'utf8')).toBe('new')
    expect((await asNobody('undo', it)).done).toEqual([])
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when its folder is closed too, then it is named, and nothing is touched', async () => {
    await using here = await world()
    chmodSync(here.at('app/closed/b.py'), 0o444)
    chownSync(here.at('app/closed/b.py'), 0, 0)
    close(here, 'app/closed')
    const before = portrait(here.at('app'))
    const it = await plannedFor(here, { 'main.py': 'new', 'closed/b.py': 'new', VERSION: '2' })
    expect((await asNobody('apply', it)).problem).toMatchObject({
      code: 'E_PERMISSION',
      message: expect.stringContaining('closed/b.py'),
      hint: expect.stringContaining('helper'),
      facts: { paths: ['closed/b.py'] },
    })
    expect((await asNobody('undo', it)).problem).toBeNull()
    expect(portrait(here.at('app'))).toEqual(before)
  })

  test('when it is optional, then all others are new, and it is said', async () => {
    await using here = await world()
    chmodSync(here.at('app/closed/b.py'), 0o444)
    chownSync(here.at('app/closed/b.py'), 0, 0)
    close(here, 'app/closed')
    const before = portrait(here.at('app'))
    const it = await plannedFor(here, { 'closed/b.py': 'new', VERSION: '2' }, { optional: ['closed/**'] })
    expect((await asNobody('apply', it)).done).toMatchObject({
      skipped: ['closed/b.py'],
      warnings: [expect.stringContaining('closed/b.py is left as it is')],
    })
    expect(readFileSync(here.at('app/VERSION'), 'utf8')).toBe('2')
    expect((await asNobody('observe', it)).done).toBe(true)
    await asNobody('undo', it)
    expect(portrait(here.at('app'))).toEqual(before)
  })
})

describe('a closed folder with open files', () => {
  const wishes: Record<string, Wish> = {
    VERSION: '2',
    'closed/a.py': 'new and longer '.repeat(3000),
    'closed/b.py': 'b',
  }

  test('when the process is killed at any call, then every file is all old or all new again', async () => {
    await using here = await world()
    close(here, 'app/closed')
    const before = portrait(here.at('app'))
    const inode = statSync(here.at('app/closed/a.py')).ino
    const it = await plannedFor(here, wishes)
    const { calls } = await asNobody('apply', it)
    const after = portrait(here.at('app'))
    expect(statSync(here.at('app/closed/a.py')).ino).toBe(inode)
    await asNobody('undo', it)
    expect(portrait(here.at('app'))).toEqual(before)
    const points = Array.from({ length: calls }, (_, i) => i + 1)
    for (const [i, at] of seeded(points, 12, 'inode').entries()) {
      expect((await asNobody('apply', it, { how: 'die', at })).signal).toBe('SIGKILL')
      if (i % 2 === 0) {
        const again = await asNobody('apply', it)
        expect(again.problem, `call ${at}: ${again.output}`).toBeNull()
        expect(portrait(here.at('app')), `call ${at}, forward`).toEqual(after)
      }
      await asNobody('undo', it)
      expect(portrait(here.at('app')), `call ${at}, back`).toEqual(before)
    }
  })

  test('when the disk is full at any write, then every file is old again', async () => {
    await using here = await world()
    close(here, 'app/closed')
    const before = portrait(here.at('app'))
    const it = await plannedFor(here, wishes)
    const { calls } = await asNobody('apply', it, { how: 'full', at: 0 })
    await asNobody('undo', it)
    for (const at of seeded(
      Array.from({ length: calls }, (_, i) => i + 1),
      6,
      'inode full',
    )) {
      const { problem } = await asNobody('apply', it, { how: 'full', at })
      expect(problem?.code, `write ${at}`).toBe('E_DISK_FULL')
      await asNobody('undo', it)
      expect(portrait(here.at('app')), `write ${at}`).toEqual(before)
    }
  })

  test('when a file would have to be made or removed there, then that is refused before anything', async () => {
    await using here = await world()
    close(here, 'app/closed')
    const before = portrait(here.at('app'))
    const it = await plannedFor(here, { VERSION: '2', 'closed/new/deep.py': 'new', 'closed/b.py': null })
    const { problem } = await asNobody('apply', it)
    expect(problem).toMatchObject({
      code: 'E_PERMISSION',
      facts: { paths: ['closed/b.py', 'closed/new', 'closed/new/deep.py'] },
    })
    expect(portrait(here.at('app'))).toEqual(before)
  })
})

test('when a helper is configured, then it writes what is closed, and takes it back', async () => {
  await using here = await world()
  close(here, 'app/closed')
  for (const name of ['a.py', 'b.py']) {
    chownSync(here.at(`app/closed/${name}`), 0, 0)
    chmodSync(here.at(`app/closed/${name}`), 0o444)
  }
  const program = readFileSync(fileURLToPath(new URL('../../bin/belay-put', import.meta.url)), 'utf8')
  mkdirSync(here.at('etc'), { mode: 0o755 })
  writeFileSync(here.at('etc/put-roots'), `${here.at('app')}\n`, { mode: 0o644 })
  writeFileSync(here.at('put'), program.replace('roots=/etc/belay/put-roots', `roots=${here.at('etc/put-roots')}`), {
    mode: 0o755,
  })
  await using server = await putServer(here.at('put'), here.at('put.sock'))
  const before = portrait(here.at('app'))
  const it = await plannedFor(
    here,
    { VERSION: '2', 'closed/a.py': { text: 'new a', mode: 0o755 }, 'closed/b.py': null, 'closed/new/deep/ü.py': 'new' },
    { helper: server.argv },
  )
  const applied = await asNobody('apply', it)
  expect(applied.problem, applied.output).toBeNull()
  expect(statSync(here.at('app/closed/a.py'))).toMatchObject({ uid: 0 })
  expect(statSync(here.at('app/closed/a.py')).mode & 0o7777).toBe(0o755)
  expect(readdirSync(here.at('app/closed'))).toEqual(['a.py', 'new'])
  expect(readFileSync(here.at('app/closed/new/deep/ü.py'), 'utf8')).toBe('new')
  const undone = await asNobody('undo', it)
  expect(undone.done, undone.output).toEqual([])
  expect(portrait(here.at('app'))).toEqual(before)
  // Not in the list of trees: the helper refuses in the middle, and what was done before comes back.
  writeFileSync(here.at('etc/put-roots'), `${here.at('backups')}\n`)
  const refused = await asNobody('apply', it)
  expect(refused.problem).toMatchObject({
    code: 'E_PERMISSION',
    message: expect.stringContaining('in none of the trees'),
  })
  await asNobody('undo', it)
  expect(portrait(here.at('app'))).toEqual(before)
})

describe('mounts', () => {
  function mounted<T>(words: readonly string[], at: string, work: () => Promise<T>): Promise<T> {
    execFileSync('mount', [...words, at])
    return work().finally(() => execFileSync('umount', [at]))
  }

  test('D21: when a file of the tree is a mount of its own, then it is written through', async () => {
    await using here = await world()
    here.plant({ 'elsewhere/config': 'old' })
    writeFileSync(here.at('app/config'), 'below')
    await mounted(['--bind', here.at('elsewhere/config')], here.at('app/config'), async () => {
      const before = portrait(here.at('app'))
      const it = await planned(here.dir, { config: 'new', VERSION: '2' })
      await applyFiles(it, watch)
      expect(readFileSync(here.at('elsewhere/config'), 'utf8')).toBe('new')
      await undoFiles(it)
      expect(portrait(here.at('app'))).toEqual(before)
    })
  })

  test('when a folder of the tree is another file system, then its files change and come back there', async () => {
    await using here = await world()
    mkdirSync(here.at('app/disk'))
    await mounted(['-t', 'tmpfs', 'tmpfs'], here.at('app/disk'), async () => {
      here.plant({ 'app/disk/sub/old': 'old', 'app/disk/gone': 'old' })
      const before = portrait(here.at('app'))
      const it = await planned(here.dir, {
        'disk/sub/old': 'new',
        'disk/gone': null,
        'disk/new/x': 'new',
        'disk/sub/link': '-> old',
        VERSION: '2',
      })
      await applyFiles(it, watch)
      expect(readFileSync(here.at('app/disk/new/x'), 'utf8')).toBe('new')
      await undoFiles(it)
      expect(portrait(here.at('app'))).toEqual(before)
    })
  })

  test('when the disk of the tree is really full, then that is said, and all is as it was', async () => {
    await using here = await world()
    await mounted(['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs'], here.at('app'), async () => {
      here.plant({ 'app/a': 'old'.repeat(20_000), 'app/b': 'old' })
      const before = portrait(here.at('app'))
      const it = await planned(here.dir, { a: 'new'.repeat(20_000), b: 'new'.repeat(60_000), c: 'x' })
      await expect(applyFiles(it, watch)).rejects.toMatchObject({ code: 'ENOSPC' })
      await undoFiles(it)
      expect(portrait(here.at('app'))).toEqual(before)
    })
  })

  test('when two spellings of a folder are one folder, then what would meet in it is refused', async () => {
    await using here = await world()
    mkdirSync(here.at('app/LIB'))
    await mounted(['--bind', here.at('app/lib')], here.at('app/LIB'), async () => {
      const before = portrait(here.at('app'))
      const it = await planned(here.dir, { 'lib/c.py': null, 'LIB/d.py': 'new' })
      await expect(applyFiles(it, watch)).rejects.toMatchObject({ problem: { code: 'E_PATH_INVALID' } })
      expect(portrait(here.at('app'))).toEqual(before)
    })
  })

  test('when the tree is read-only, then nothing begins', async () => {
    await using here = await world()
    await mounted(['--bind', here.at('app')], here.at('app'), async () => {
      execFileSync('mount', ['-o', 'remount,ro,bind', here.at('app')])
      const it = await planned(here.dir, { VERSION: '2', 'lib/new.py': 'new' })
      await expect(applyFiles(it, watch)).rejects.toMatchObject({ problem: { code: 'E_PERMISSION' } })
    })
  })
})
