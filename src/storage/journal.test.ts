import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { closed, done, intent } from '../../test/fakes/journal.ts'
import { componentName, corePlan, runId } from '../../test/fakes/plan.ts'
import { room } from '../host/tree/testing.ts'
import { openJournal } from './journal.ts'
import { childProcess, stoppedClock } from './testing.ts'

const run = runId('r-7f3c12ab')
const other = runId('r-00000002')
const plan = corePlan()

describe('entries', () => {
  test('when entries are appended, then they are read in order, with their time and boot, also by the next one who opens it', async () => {
    await using here = await room()
    const clock = stoppedClock()
    const first = openJournal(here.dir, clock)
    await first.append(run, { t: 'opened', plan })
    clock.move(1500)
    await first.append(run, intent(0))
    // A clock that jumps back changes the time, not the order.
    clock.move(-60_000)
    const [last] = await first.append(run, done(0, { bytes: 7 }))
    first.close()

    const second = openJournal(here.dir, clock)
    const read = await second.read(run)
    second.close()
    expect(read.map(({ seq, at }) => [seq, at - 1_795_000_000_000])).toEqual([
      [0, 0],
      [1, 1500],
      [2, -58_500],
    ])
    expect(read[0]?.entry).toEqual({ t: 'opened', plan })
    expect(read[2]).toEqual(last)
    expect(last).toEqual({ v: 1, seq: 2, at: 1_794_999_941_500, boot: 'boot-1', entry: done(0, { bytes: 7 }) })
  })

  test('when a run is unknown, then it has no entries', async () => {
    await using here = await room()
    const journal = openJournal(here.dir, stoppedClock())
    expect(await journal.read(run)).toEqual([])
    journal.close()
  })

  test('when a run was not opened, then nothing can be said of it', async () => {
    await using here = await room()
    const journal = openJournal(here.dir, stoppedClock())
    await expect(journal.append(run, intent(0))).rejects.toThrow()
    expect(await journal.read(run)).toEqual([])
    journal.close()
  })
})

describe('summaries', () => {
  test('when runs are open, stuck or closed, then the first two are unfinished, the oldest first', async () => {
    await using here = await room()
    const clock = stoppedClock()
    const journal = openJournal(here.dir, clock)
    const ids = ['r-00000001', 'r-00000002', 'r-00000003'].map(runId)
    for (const id of ids) {
      await journal.append(id, { t: 'opened', plan: { ...plan, run: id } })
      clock.move(1)
    }
    const [open, stuck, gone] = ids as [typeof run, typeof run, typeof run]
    await journal.append(stuck, closed('stuck'))
    await journal.append(gone, closed('committed'))

    expect((await journal.unfinished()).map((one) => one.run)).toEqual([open, stuck])
    expect((await journal.runs({ limit: 10 })).map((one) => [one.run, one.outcome])).toEqual([
      [gone, 'committed'],
      [stuck, 'stuck'],
      [open, null],
    ])
    expect(await journal.runs({ limit: 1 })).toHaveLength(1)
    journal.close()
  })

  test('when a stuck run is resumed, then it has no outcome any more', async () => {
    await using here = await room()
    const journal = openJournal(here.dir, stoppedClock())
    for (const entry of [{ t: 'opened', plan }, closed('stuck'), { t: 'resumed' }] as const)
      await journal.append(run, entry)
    expect(await journal.unfinished()).toMatchObject([{ run, outcome: null, closedAt: null }])
    journal.close()
  })

  test('when a component is named, then only its runs are given, with what they moved', async () => {
    await using here = await room()
    const journal = openJournal(here.dir, stoppedClock())
    const elsewhere = { ...plan, run: other, targets: [{ component: componentName('other'), from: null, to: '1' }] }
    await journal.append(run, { t: 'opened', plan })
    await journal.append(other, { t: 'opened', plan: elsewhere })
    expect(await journal.runs({ component: 'core', limit: 10 })).toMatchObject([
      { run, component: 'core', action: 'update', from: '1.0.4', to: '1.1.0' },
    ])
    journal.close()
  })
})

describe('other processes', () => {
  const appending = (dir: string, id: string, count: number) => `
    const { openJournal } = await import(at('journal.ts'))
    const { systemClock } = await import(at('../host/clock.ts'))
    const { corePlan } = await import(at('../../test/fakes/plan.ts'))
    const journal = openJournal(${JSON.stringify(dir)}, systemClock())
    await journal.append('${id}', { t: 'opened', plan: corePlan({ run: '${id}' }) })
    for (let i = 1; i <= ${count}; i++) {
      const [{ seq }] = await journal.append('${id}', { t: 'intent', step: 0 })
      process.stdout.write(seq + '\\n')
    }
    journal.close()`

  test('when a process is killed between two appends, then all that were confirmed are there, and it is unfinished', async () => {
    await using here = await room()
    const child = childProcess(appending(here.dir, run, 1_000_000))
    let confirmed = 0
    while (confirmed < 25) confirmed = Number(await child.line())
    await child.kill()

    const journal = openJournal(here.dir, stoppedClock())
    const seqs = (await journal.read(run)).map(({ seq }) => seq)
    expect(seqs.length).toBeGreaterThan(confirmed)
    expect(seqs).toEqual(seqs.map((_, i) => i))
    expect(await journal.unfinished()).toMatchObject([{ run, outcome: null }])
    // And it goes on where it stood.
    expect((await journal.append(run, closed('failed')))[0]?.seq).toBe(seqs.length)
    journal.close()
  })

  test('when two processes open a new journal at once and write, then nothing of either is lost', async () => {
    await using here = await room()
    const children = [run, other].map((id) => childProcess(appending(here.dir, id, 40)))
    expect(await Promise.all(children.map((child) => child.ended))).toEqual([0, 0])

    const journal = openJournal(here.dir, stoppedClock())
    for (const id of [run, other]) expect(await journal.read(id)).toHaveLength(41)
    journal.close()
  })
})

test('when several make a new journal at the same moment, then each of them opens it', async () => {
  await using here = await room()
  const dirs = Array.from({ length: 40 }, (_, i) => `${here.dir}/${i}`)
  for (const dir of dirs) mkdirSync(dir)
  // In step: all wait at each folder until the last one has come.
  const arrived = new Int32Array(new SharedArrayBuffer(4 * dirs.length))
  const opening = `
    const { workerData } = await import('node:worker_threads')
    const { openJournal } = await import(workerData.module)
    const { stoppedClock } = await import(workerData.testing)
    for (const [i, dir] of workerData.dirs.entries()) {
      Atomics.add(workerData.arrived, i, 1)
      while (Atomics.load(workerData.arrived, i) < 3) {}
      openJournal(dir, stoppedClock()).close()
    }`
  const [module, testing] = ['./journal.ts', './testing.ts'].map((name) => new URL(name, import.meta.url).href)
  const code = new URL(`data:text/javascript,${encodeURIComponent(opening)}`)
  const workers = [1, 2, 3].map(() => new Worker(code, { workerData: { dirs, arrived, module, testing } }))
  expect(await Promise.all(workers.map((worker) => once(worker, 'exit')))).toEqual([[0], [0], [0]])
})

describe('a journal that is not what it was', () => {
  async function made(dir: string): Promise<string> {
    const journal = openJournal(dir, stoppedClock())
    await journal.append(run, { t: 'opened', plan })
    journal.close()
    return `${dir}/journal.db`
  }

  function codeOfOpening(dir: string): string {
    try {
      openJournal(dir, stoppedClock()).close()
      return 'opened'
    } catch (error) {
      return (error as { problem?: { code: string } }).problem?.code ?? String(error)
    }
  }

  test('when it is gone, then that is an error, and none is made anew', async () => {
    await using here = await room()
    rmSync(await made(here.dir))
    expect(codeOfOpening(here.dir)).toBe('E_JOURNAL_MISSING')
    expect(readdirSync(here.dir)).toEqual(['journal.made'])
  })

  test('when it was cut off to nothing, then that is an error too, and not an empty history', async () => {
    await using here = await room()
    truncateSync(await made(here.dir), 0)
    expect(codeOfOpening(here.dir)).toBe('E_JOURNAL_MISSING')
    expect(statSync(here.at('journal.db')).size).toBe(0)
  })

  test('when it is something else, then it is refused and left untouched', async () => {
    await using here = await room()
    const path = await made(here.dir)
    const garbage = 'this was a journal once\n'.repeat(400)
    writeFileSync(path, garbage)
    expect(codeOfOpening(here.dir)).toBe('E_JOURNAL_UNREADABLE')
    expect(readFileSync(path, 'utf8')).toBe(garbage)
  })

  test('when a newer belay wrote it, then it is refused and left untouched', async () => {
    await using here = await room()
    const path = await made(here.dir)
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const before = readFileSync(path)
    expect(() => openJournal(here.dir, stoppedClock())).toThrow('newer belay (schema 99)')
    expect(codeOfOpening(here.dir)).toBe('E_JOURNAL_UNREADABLE')
    expect(readFileSync(path)).toEqual(before)
  })

  test('when one entry is damaged, then reading that run is an error, and other runs are read', async () => {
    await using here = await room()
    const path = await made(here.dir)
    const database = new DatabaseSync(path)
    database.exec(`UPDATE entries SET entry = substr(entry, 1, 20)`)
    database.close()
    const journal = openJournal(here.dir, stoppedClock())
    await journal.append(other, { t: 'opened', plan: { ...plan, run: other } })
    await expect(journal.read(run)).rejects.toMatchObject({ problem: { code: 'E_JOURNAL_UNREADABLE' } })
    expect(await journal.read(other)).toHaveLength(1)
    journal.close()
  })
})

test('when it is made, then nobody else may read it', async () => {
  await using here = await room()
  openJournal(here.dir, stoppedClock()).close()
  for (const name of ['journal.db', 'journal.made']) expect(statSync(here.at(name)).mode & 0o777).toBe(0o600)
})

test('when runs are counted, then by component, action and outcome, the unfinished ones too', async () => {
  await using here = await room()
  const journal = openJournal(here.dir, stoppedClock())
  for (const id of [run, other, runId('r-00000003')]) await journal.append(id, { t: 'opened', plan })
  for (const id of [run, other]) await journal.append(id, closed('committed'))
  const totals = await journal.totals()
  journal.close()
  const about = { component: 'core', action: 'update' }
  expect(totals.map((total) => ({ ...total })).toSorted((a, b) => a.count - b.count)).toEqual([
    { ...about, outcome: null, count: 1 },
    { ...about, outcome: 'committed', count: 2 },
  ])
})
