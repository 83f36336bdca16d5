import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Outcome } from '../../src/core/model/release.ts'
import { mainTarget } from '../../src/core/plan/plan.ts'
import type { Step } from '../../src/core/plan/step.ts'
import type { Recorded } from '../../src/core/run/entry.ts'
import { fold } from '../../src/core/run/fold.ts'
import { next } from '../../src/core/run/next.ts'
import { phaseOf, type RunPhase } from '../../src/core/run/phase.ts'
import { drive } from '../../src/engine/drive.ts'
import { reportOf } from '../../src/engine/run.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { stoppedClock } from '../../src/storage/testing.ts'
import { fakeMachine } from '../fakes/handlers.ts'
import { stepRoom } from '../fakes/steps.ts'

/**
 * DESIGN §2: golden journals of every released version, finished and unfinished, must resume. `record-journals.ts` made
 * them from real runs; here this version reads them, and carries on what was cut off.
 */
const fixtures = join(import.meta.dirname, '../fixtures/journals')

/** What a person is shown, what happens next, and how it ends. */
type Golden = readonly [phase: RunPhase, next: string, ends: Outcome]

const golden: Readonly<Record<string, Readonly<Record<string, Golden>>>> = {
  '0.1.0': {
    'adopt-committed': ['succeeded', 'nothing', 'committed'],
    'adopt-cut-between-renames': ['applying', 'settle rename', 'committed'],
    'adopt-cut-in-link': ['applying', 'settle link', 'committed'],
    'forget-committed': ['succeeded', 'nothing', 'committed'],
    'forget-cut-in-rename': ['applying', 'settle rename', 'committed'],
    'install-committed': ['succeeded', 'nothing', 'committed'],
    'install-cut-in-start': ['applying', 'settle start', 'committed'],
    'restore-committed': ['succeeded', 'nothing', 'committed'],
    'restore-cut-in-restore': ['applying', 'settle restore', 'committed'],
    'rollback-committed': ['succeeded', 'nothing', 'committed'],
    'rollback-cut-in-switch': ['applying', 'settle link', 'committed'],
    'rollback-data-committed': ['succeeded', 'nothing', 'committed'],
    'rollback-data-cut-in-restore': ['applying', 'settle restore', 'committed'],
    'update-cancelled': ['failed', 'nothing', 'failed'],
    'update-cut-between-undone-renames': ['rolling_back', 'undo rename', 'rolled-back'],
    'update-cut-in-check-of-way-back': ['rolling_back', 'settle check', 'rolled-back'],
    'update-cut-in-undo': ['rolling_back', 'undo rename', 'rolled-back'],
    'update-in-place-committed': ['succeeded', 'nothing', 'committed'],
    'update-in-place-cut-after-commit': ['succeeded', 'settle prune-backups', 'committed'],
    'update-in-place-cut-after-switch': ['applying', 'settle start', 'committed'],
    'update-in-place-cut-between-renames': ['applying', 'settle rename', 'committed'],
    'update-in-place-cut-in-first-rename': ['applying', 'settle rename', 'committed'],
    'update-in-place-cut-in-last-backup': ['backing_up', 'settle backup', 'committed'],
    // A migration that was cut off is never run again: its data comes back from the backup after the stop.
    'update-in-place-cut-in-migrate': ['applying', 'give-up migrate', 'rolled-back'],
    'update-rolled-back': ['rolled_back', 'nothing', 'rolled-back'],
    'update-slots-committed': ['succeeded', 'nothing', 'committed'],
    'update-slots-cut-after-commit': ['succeeded', 'settle prune-backups', 'committed'],
    'update-slots-cut-after-switch': ['applying', 'settle start', 'committed'],
    'update-slots-cut-in-prepare': ['applying', 'give-up prepare', 'failed'],
    'update-slots-cut-in-soak': ['soaking', 'wait soak', 'committed'],
    'update-slots-cut-in-stop': ['applying', 'settle stop', 'committed'],
    'update-slots-cut-in-switch': ['applying', 'settle link', 'committed'],
    'update-slots-cut-in-unpack': ['applying', 'settle unpack', 'committed'],
    'update-slots-cut-opened': ['checking', 'apply check', 'committed'],
    'update-stuck': ['stuck', 'nothing', 'stuck'],
    'update-stuck-and-resumed': ['rolled_back', 'nothing', 'rolled-back'],
  },
}

const cases = Object.entries(golden).flatMap(([version, all]) =>
  Object.entries(all).map(([name, says]) => ({ version, name, says, entries: entriesOf(version, name) })),
)

function entriesOf(version: string, name: string): readonly Recorded[] {
  return JSON.parse(readFileSync(join(fixtures, version, `${name}.json`), 'utf8')) as readonly Recorded[]
}

test('when there is a golden journal, then it is known what it leads to, and the other way round', () => {
  const files = readdirSync(fixtures).flatMap((version) =>
    readdirSync(join(fixtures, version))
      .filter((file) => file.endsWith('.json'))
      .map((file) => `${version}/${file}`),
  )
  expect(files.toSorted()).toEqual(cases.map(({ version, name }) => `${version}/${name}.json`).toSorted())
})

describe('when this version reads a golden journal', () => {
  for (const { version, name, says, entries } of cases) {
    test(`${version} ${name}: then it knows its phase and what comes next`, () => {
      const [phase, action, ends] = says
      const state = fold(entries)
      expect(phaseOf(state)).toBe(phase)
      expect(nextOf(entries)).toBe(action)
      expect(state.closed).toBe(action === 'nothing' ? ends : null)
      expect(state.committed).toBe(phase === 'succeeded')
    })

    test(`${version} ${name}: then its report says what was done`, () => {
      const { plan, closed } = fold(entries)
      const report = reportOf(entries)
      expect(report).toMatchObject({ run: plan.run, action: plan.action, ...mainTarget(plan) })
      expect(report.outcome).toBe(closed ?? 'stuck')
      expect(report.problem === null).toBe(closed === 'committed' || fold(entries).direction === 'forward')
      expect(report.steps).toHaveLength(plan.steps.length + plan.back.length)
      const seen = (kind: Step['kind']) => report.steps.find((step) => step.kind === kind && step.state === 'done')
      if (seen('download') !== undefined) expect(report.bytes_downloaded).toBe(plan.about.downloadBytes)
      const stops = plan.steps.some((step) => step.kind === 'stop' && step.wasRunning)
      if (stops && closed === 'committed') expect(report.downtime_ms).toBeGreaterThan(0)
    })
  }

  test('then what was kept aside is named', () => {
    expect(reportOf(entriesOf('0.1.0', 'update-rolled-back')).kept).toEqual([
      expect.stringMatching(/failed~r-/),
      expect.stringMatching(/backups\/app\/r-.*-0$/),
      expect.stringMatching(/backups\/app\/r-.*-final$/),
      expect.stringMatching(/backups\/app\/r-.*-0\.aside$/),
    ])
  })
})

/** The verb, and the kind of the step that it is about, at the instant of the last entry. */
function nextOf(entries: readonly Recorded[]): string {
  const action = next(entries, entries.at(-1)?.at ?? 0)
  const kind = 'step' in action ? fold(entries).steps[action.step]?.kind : undefined
  return kind === undefined ? action.do : `${action.do} ${kind}`
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** STATE as that version left it: its tables, its rows. */
function stateOf(version: string, entries: readonly Recorded[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-golden-'))
  folders.push(folder)
  writeFileSync(join(folder, 'journal.made'), '')
  const database = new DatabaseSync(join(folder, 'journal.db'))
  database.exec(readFileSync(join(fixtures, version, 'schema.sql'), 'utf8'))
  insertRows(database, entries)
  database.close()
  return folder
}

/** As 0.1.0 filled its tables. */
function insertRows(database: DatabaseSync, entries: readonly Recorded[]): void {
  const { plan, closed } = fold(entries)
  const { component, from, to } = mainTarget(plan)
  const closedAt = closed === null ? null : (entries.at(-1)?.at ?? null)
  database
    .prepare('INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
    .run(plan.run, component, plan.action, from, to, entries[0]?.at ?? 0, closedAt, closed)
  const insert = database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)')
  for (const { seq, at, boot, v, entry } of entries) insert.run(plan.run, seq, at, boot, v, JSON.stringify(entry))
}

/** Time goes on from the last entry, and by waiting alone. */
function clockAfter(entries: readonly Recorded[]): Clock {
  const clock = stoppedClock(entries.at(-1)?.at ?? 0)
  return { ...clock, sleep: async (ms) => clock.move(ms) }
}

function opened(version: string, entries: readonly Recorded[]): { journal: Journal; clock: Clock } {
  const clock = clockAfter(entries)
  const journal = openJournal(stateOf(version, entries), clock)
  onTestFinished(() => journal.close())
  return { journal, clock }
}

async function carryOn(
  { journal, clock }: { journal: Journal; clock: Clock },
  entries: readonly Recorded[],
  interrupted: 'old' | 'half' | 'new',
) {
  const machine = fakeMachine(fold(entries), interrupted)
  const ports = { journal, clock, handlers: machine.handlers, emit: () => {}, dropBallast: () => {} }
  const driven = await drive(fold(entries).plan.run, ports, { signal: new AbortController().signal, boot: false })
  return { machine, driven }
}

describe("when this version opens a journal.db of that one's", () => {
  for (const { version, name, says, entries } of cases) {
    test(`${version} ${name}: then it reads what stands there`, async () => {
      const [, action, ends] = says
      const { run } = fold(entries).plan
      const { journal } = opened(version, entries)
      expect(await journal.read(run)).toEqual(entries)
      const [summary] = await journal.runs({ limit: 10 })
      expect(summary).toMatchObject({ run, openedAt: entries[0]?.at, outcome: action === 'nothing' ? ends : null })
      const mustResume = action !== 'nothing' || ends === 'stuck'
      expect(await journal.unfinished()).toEqual(mustResume ? [summary] : [])
    })
  }

  for (const { version, name, entries } of cases.filter(({ says }) => says[1] === 'nothing')) {
    test(`${version} ${name}: then nothing happens to it any more`, async () => {
      const at = opened(version, entries)
      const { driven, machine } = await carryOn(at, entries, 'half')
      expect([driven, machine.asked]).toEqual(['closed', []])
      expect(await at.journal.read(fold(entries).plan.run)).toEqual(entries)
    })
  }

  for (const { version, name, says, entries } of cases.filter(({ says }) => says[1] !== 'nothing')) {
    test.each(['old', 'half', 'new'] as const)(
      `${version} ${name}: then it carries on to its end, whatever the interrupted step left (%s)`,
      async (interrupted) => {
        const [, , ends] = says
        const { run } = fold(entries).plan
        const at = opened(version, entries)
        const { machine, driven } = await carryOn(at, entries, interrupted)
        expect(driven).toBe('closed')
        const after = await at.journal.read(run)
        expect(after.slice(0, entries.length)).toEqual(entries)
        expect(fold(after).closed, machine.asked.join(', ')).toBe(ends)
        expect(machine.whole(ends === 'committed' ? 'new' : 'old')).toBe(true)
        expect(await at.journal.unfinished()).toEqual([])
        expect((await at.journal.runs({ limit: 10 }))[0]).toMatchObject({
          run,
          outcome: ends,
          closedAt: at.clock.now(),
        })
      },
    )
  }

  test('0.1.0 update-stuck: then a person who resumes it gets the old version, and the reason it began with', async () => {
    const entries = entriesOf('0.1.0', 'update-stuck')
    const at = opened('0.1.0', entries)
    const { run } = fold(entries).plan
    await at.journal.append(run, { t: 'resumed' })
    const { machine } = await carryOn(at, entries, 'old')
    const report = reportOf(await at.journal.read(run))
    expect(report).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } })
    expect(machine.whole('old')).toBe(true)
  })

  for (const version of Object.keys(golden)) {
    test(`${version}: then it has the tables of a new one`, () => {
      const folder = stateOf(version, cases.find((one) => one.version === version)?.entries ?? [])
      const fresh = mkdtempSync(join(tmpdir(), 'belay-golden-'))
      folders.push(fresh)
      for (const dir of [folder, fresh]) openJournal(dir, stoppedClock()).close()
      expect(tablesOf(folder)).toEqual(tablesOf(fresh))
      expect(tablesOf(fresh)).not.toEqual([])
    })
  }
})

function tablesOf(folder: string) {
  const database = new DatabaseSync(join(folder, 'journal.db'), { readOnly: true })
  const made = database
    .prepare('SELECT name, sql FROM sqlite_master ORDER BY name')
    .all()
    .map((row) => ({ ...row }))
  database.close()
  return made
}

test("when a step of a golden plan is opened, then today's handlers and adapters take what it carries", async () => {
  await using room = await stepRoom()
  const steps = new Map<string, Step>()
  for (const { entries } of cases) for (const step of fold(entries).steps) steps.set(JSON.stringify(step), step)
  for (const step of steps.values()) {
    expect(room.handlers).toHaveProperty(step.kind)
    if (step.kind === 'check') {
      await room.adapters.check(step.check)
      if (step.probe !== null) await room.adapters.probe(step.probe)
    }
    if (step.kind === 'download') await room.adapters.source(step.source)
    if ('service' in step && step.service !== null) await room.adapters.service(step.service)
    if (step.kind === 'backup') await room.adapters.backup(step.backup.data)
    if (step.kind === 'restore') await room.adapters.backup(step.restore.backup.data)
  }
  expect(new Set([...steps.values()].map(({ kind }) => kind)).size).toBeGreaterThan(15)
})
