import { readdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { room } from '../host/tree/testing.ts'
import { fileLocks } from './locks.ts'
import { childProcess, stoppedClock } from './testing.ts'

const since = '2026-11-18T18:13:20.000Z'

test('when a lock is held, then a second door is told by whom, why and since when, and waits for nothing', async () => {
  await using here = await room()
  const locks = fileLocks(here.dir, stoppedClock(Date.parse(since)))
  const held = await locks.acquire(['component:core'], 'update r-1')

  await expect(locks.acquire(['component:core'], 'update r-2')).rejects.toMatchObject({
    problem: {
      code: 'E_LOCKED',
      retryable: true,
      facts: { resource: 'component:core', pid: process.pid, user: userInfo().username, why: 'update r-1', since },
    },
  })
  expect(await locks.holder('component:core')).toEqual({
    pid: process.pid,
    user: userInfo().username,
    why: 'update r-1',
    since,
  })
  held.release()
})

test('when it is released, then it is free, once and for all', async () => {
  await using here = await room()
  const locks = fileLocks(here.dir, stoppedClock())
  const held = await locks.acquire(['component:core'], 'one')
  held.release()
  expect(await locks.holder('component:core')).toBeNull()
  const second = await locks.acquire(['component:core'], 'two')
  held.release()
  expect(await locks.holder('component:core')).toMatchObject({ why: 'two' })
  second.release()
})

test('when nobody ever held it, then nobody holds it, and asking makes no file', async () => {
  await using here = await room()
  expect(await fileLocks(here.dir, stoppedClock()).holder('path:/opt/app')).toBeNull()
  expect(readdirSync(here.dir)).toEqual([])
})

test('when one of several is held, then none is taken', async () => {
  await using here = await room()
  const locks = fileLocks(here.dir, stoppedClock())
  const held = await locks.acquire(['path:/opt/b'], 'first')
  await expect(locks.acquire(['path:/opt/a', 'path:/opt/b', 'unit:system/c'], 'second')).rejects.toMatchObject({
    problem: { code: 'E_LOCKED', facts: { resource: 'path:/opt/b' } },
  })
  expect(await locks.holder('path:/opt/a')).toBeNull()
  expect(await locks.holder('unit:system/c')).toBeNull()
  held.release()
})

test('when a name is given twice, then it is one lock', async () => {
  await using here = await room()
  const locks = fileLocks(here.dir, stoppedClock())
  const held = await locks.acquire(['path:/opt/a', 'path:/opt/a'], 'one')
  held.release()
  expect(await locks.holder('path:/opt/a')).toBeNull()
})

test('when the words about the holder are damaged, then the lock still holds', async () => {
  await using here = await room()
  const locks = fileLocks(here.dir, stoppedClock())
  const held = await locks.acquire(['component:core'], 'one')
  for (const name of readdirSync(here.at('locks')).filter((one) => one.endsWith('.json')))
    writeFileSync(join(here.at('locks'), name), '{"pid":')
  await expect(locks.acquire(['component:core'], 'two')).rejects.toThrow('held by another run')
  const since = new Date(stoppedClock().now()).toISOString()
  expect(await locks.holder('component:core')).toEqual({ pid: 0, user: 'unknown', why: 'unknown', since })
  held.release()
})

test('when its holder is killed, then the lock ends with it', async () => {
  await using here = await room()
  const child = childProcess(`
    const { fileLocks } = await import(at('locks.ts'))
    const { systemClock } = await import(at('../host/clock.ts'))
    await fileLocks(${JSON.stringify(here.dir)}, systemClock()).acquire(['component:core'], 'update r-9')
    process.stdout.write(process.pid + '\\n')
    setInterval(() => {}, 1000)`)
  const pid = Number(await child.line())
  const locks = fileLocks(here.dir, stoppedClock())
  expect(await locks.holder('component:core')).toMatchObject({ pid, why: 'update r-9' })
  await expect(locks.acquire(['component:core'], 'mine')).rejects.toMatchObject({ problem: { facts: { pid } } })

  await child.kill()
  expect(await locks.holder('component:core')).toBeNull()
  const held = await locks.acquire(['component:core'], 'mine')
  held.release()
})

/** A process that looks at the lock, and stands still in the middle of that until `done` is there. */
function looking(dir: string) {
  const file = readdirSync(join(dir, 'locks')).find((name) => name.endsWith('.db')) ?? ''
  return childProcess(`
    const { DatabaseSync } = await import('node:sqlite')
    const { existsSync } = await import('node:fs')
    const database = new DatabaseSync(${JSON.stringify(join(dir, 'locks', file))})
    database.exec('BEGIN')
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    process.stdout.write('looking\\n')
    const pause = new Int32Array(new SharedArrayBuffer(4))
    while (!existsSync(${JSON.stringify(join(dir, 'done'))})) Atomics.wait(pause, 0, 0, 5)
    database.close()`)
}

/** A lock that was held once, so that there is something to look at. */
async function freeLock(dir: string) {
  const locks = fileLocks(dir, stoppedClock())
  const last = await locks.acquire(['component:core'], 'update r-1')
  last.release()
  return locks
}

test('when others look at a free lock at the same moment, then it is free to each of them, and is not told as held', async () => {
  await using here = await room()
  const locks = await freeLock(here.dir)
  const child = looking(here.dir)
  await child.line()
  expect(await locks.holder('component:core')).toBeNull()
  await child.kill()
})

test('when somebody who only looks at it stands still, then the lock is waited for, and had', async () => {
  await using here = await room()
  const locks = await freeLock(here.dir)
  const child = looking(here.dir)
  await child.line()
  // Longer than a look is waited for at a time.
  const opens = childProcess(`
    const { writeFileSync } = await import('node:fs')
    setTimeout(() => writeFileSync(${JSON.stringify(here.at('done'))}, ''), 300)`)
  const held = await locks.acquire(['component:core'], 'update r-2')
  expect(await locks.holder('component:core')).toMatchObject({ why: 'update r-2' })
  held.release()
  expect([await child.ended, await opens.ended]).toEqual([0, 0])
})
