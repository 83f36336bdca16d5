import { describe, expect, test } from 'vitest'
import { cancel, closed, done, failed, intent, journalOf, openedAt, undone } from '../../../test/fakes/journal.ts'
import { check, command, corePlan, download, link, remove, turn } from '../../../test/fakes/plan.ts'
import { problem } from '../model/problem.ts'
import type { BackupRef, Step } from '../plan/step.ts'
import type { Entry } from './entry.ts'
import { runFacts } from './report.ts'

function factsOf(steps: readonly Step[], commitAfter: number, ...said: readonly (Entry | number)[]) {
  return runFacts(journalOf(corePlan({ steps, commitAfter }), ...said))
}

/** 0 stop, 1 link, 2 start, 3 check; the commit is 3. 4: the check of the way back. */
const outage = [turn('stop'), link(), turn('start'), check('after', 'healthy')]

describe('downtime', () => {
  test('when the service is stopped and started, then it is the time between', () => {
    const said = [
      2_000,
      intent(0),
      300,
      done(0),
      intent(1),
      50,
      done(1),
      intent(2),
      150,
      done(2),
      intent(3),
      9_000,
      done(3),
    ]
    expect(factsOf(outage, 3, ...said, closed('committed')).downtimeMs).toBe(500)
  })

  test('when the switch fails, then it ends when the stop is undone', () => {
    const said = [intent(0), 300, done(0), intent(1), 50, failed(1), undone(1), 100, undone(0), 5_000, closed('failed')]
    expect(factsOf(outage, 3, ...said).downtimeMs).toBe(450)
  })

  test('when the new version does not answer, then its time counts too: it served nobody', () => {
    const up = [intent(0), done(0), intent(1), done(1), intent(2), 400, done(2), intent(3)]
    const said = [
      ...up,
      10_000,
      failed(3),
      10,
      undone(3),
      20,
      undone(2),
      undone(1),
      70,
      undone(0),
      closed('rolled-back'),
    ]
    expect(factsOf(outage, 3, ...said).downtimeMs).toBe(400 + 10_000 + 100)
  })

  test('when the host crashes while it is down, then the time until somebody started it again counts', () => {
    const said = [intent(0), 100, done(0), intent(1), 60_000, intent(1), done(1), intent(2), 100, done(2)]
    expect(factsOf(outage, 3, ...said).downtimeMs).toBe(60_200)
  })

  test('when the service was down before, then there was no outage', () => {
    const idle = outage.map((step) => ('wasRunning' in step ? { ...step, wasRunning: false } : step))
    expect(factsOf(idle, 3, intent(0), 300, done(0), intent(2), done(2)).downtimeMs).toBe(0)
  })

  test('when the start replaces what runs, then it begins with the start and ends with it, or with the way back', () => {
    const replace = [{ ...turn('stop'), kind: 'revive' } as Step, link(), turn('start'), check('after', 'healthy')]
    const forward = [intent(0), 1000, done(0), intent(1), 50, done(1), intent(2), 800, done(2)]
    expect(factsOf(replace, 3, ...forward, intent(3), 9_000, done(3), closed('committed')).downtimeMs).toBe(800)
    const back = [intent(3), 5_000, failed(3), undone(3), 20, undone(2), undone(1), 700, undone(0)]
    expect(factsOf(replace, 3, ...forward, ...back, closed('rolled-back')).downtimeMs).toBe(800 + 5_000 + 20 + 700)
  })

  test('when a plan stops nothing, then it is zero', () => {
    expect(factsOf([link()], 0, intent(0), 300, done(0)).downtimeMs).toBe(0)
  })

  test('when the clock jumps back meanwhile, then it is never negative', () => {
    const facts = factsOf(outage, 3, intent(0), -60_000, done(0), intent(1), done(1), intent(2), done(2))
    expect(facts.downtimeMs).toBe(0)
    expect(facts.steps.map((step) => step.ms)).toEqual([0, 0, 0, 0, 0])
  })
})

const ref = { component: 'core', spec: { type: 'none' }, cwd: '/', user: null }
const before = { component: 'core', spec: ref.spec, slots: null, services: { blue: ref, green: ref } }
const front = 'http://127.0.0.1:8080'
const verify: Step = {
  kind: 'verify',
  phase: 'after',
  detail: front,
  front,
  identity: null,
  expectedVersion: null,
  times: 1,
  inARow: true,
  timeoutMs: 1,
}
const moved: Step = {
  kind: 'switch',
  phase: 'after',
  detail: 'proxy',
  traffic: before,
  to: 'green',
  percent: 100,
  from: 'blue',
  front,
}

describe('downtime with two slots of which one may run', () => {
  const held = (kind: 'hold' | 'release'): Step => ({
    kind,
    phase: kind === 'hold' ? 'stopped' : 'after',
    detail: 'proxy',
    traffic: before,
    limitMs: 1,
  })
  const begun: Step = {
    kind: 'slot-start',
    phase: 'after',
    detail: 'green',
    traffic: before,
    slot: 'green',
    wasRunning: false,
    boots: false,
  }
  const waits = [held('hold'), turn('stop'), begun, check('after', 'healthy'), moved, held('release'), verify]
  const started = [intent(0), done(0), intent(1), 200, done(1), intent(2), 300, done(2), intent(3), 21_000]
  const letIn = [done(3), intent(4), 40, done(4), intent(5), 5, done(5), intent(6), 5_000, done(6)]

  test('when people wait for a version that takes long to be ready, then it lasts until they are let in', () => {
    expect(factsOf(waits, 6, ...started, ...letIn, closed('committed')).downtimeMs).toBe(200 + 300 + 21_000 + 40 + 5)
  })

  test('when nothing can hold them, then it lasts until they are sent to the new version', () => {
    const said = [intent(0), 200, done(0), intent(1), 300, done(1), intent(2), 900, done(2), intent(3), 40, done(3)]
    const steps = [turn('stop'), begun, check('after', 'healthy'), moved, verify]
    expect(factsOf(steps, 4, ...said, intent(4), 700, done(4), closed('committed')).downtimeMs).toBe(1440)
  })

  test('when the new version is never ready, then it lasts until the old one takes them again', () => {
    const back = [failed(3), undone(3), 10, undone(2), 60, undone(1), 700, undone(0), closed('rolled-back')]
    expect(factsOf(waits, 6, ...started, ...back).downtimeMs).toBe(200 + 300 + 21_000 + 10 + 60 + 700)
  })
})

test('when steps look at the front door, then what they saw is taken together, also of one that failed', () => {
  const seen = (asked: number, lost: number, ms: number) => ({ asked, failed: lost, worst_ms: ms })
  const said = [
    intent(0),
    done(0, seen(40, 0, 45)),
    intent(1),
    done(1, seen(5, 1, 60)),
    intent(2),
    done(2, seen(9, 9, 999)),
  ]
  expect(factsOf([moved, verify, link()], 2, ...said).measured).toEqual({ asked: 45, failed: 1, worstMs: 60 })
  expect(factsOf([moved, verify], 1, intent(0), done(0), intent(1)).measured).toBeNull()
  const refused: Entry = { ...failed(0), problem: problem('E_NOT_SERVED', 'no', { facts: seen(7, 2, 10) }) } as Entry
  expect(factsOf([verify], 0, intent(0), refused).measured).toEqual({ asked: 7, failed: 2, worstMs: 10 })
})

test('when steps end, then each has its time, its state and what it noted', () => {
  const said = [intent(0), 120, done(0, { pid: 7 }), intent(1), 30, failed(1), undone(1), undone(0), closed('failed')]
  const { steps } = factsOf(outage, 3, ...said)
  expect(steps.map(({ ms, state }) => [ms, state])).toEqual([
    [120, 'undone'],
    [30, 'undone'],
    [0, 'skipped'],
    [0, 'skipped'],
    [0, 'skipped'],
  ])
  expect(steps[0]?.facts).toEqual({ pid: 7 })
  expect(steps[1]?.facts).toEqual({ message: 'step 1 refuses' })
})

test('when a run is unfinished, then what was not begun is pending and there is no end', () => {
  const facts = factsOf(outage, 3, intent(0), 5, done(0), intent(1))
  expect(facts.steps.map((step) => step.state)).toEqual(['done', 'running', 'pending', 'pending', 'pending'])
  expect(facts).toMatchObject({ openedAt, closedAt: null })
})

test('when a step is begun again after a crash, then its time runs from the first intent', () => {
  expect(factsOf([link()], 0, intent(0), 100, intent(0), 40, done(0)).steps[0]?.ms).toBe(140)
})

test('when a download notes its bytes, then they are what the run fetched', () => {
  expect(factsOf([download()], 0, intent(0), done(0, { bytes: 2_100_000 })).bytesDownloaded).toBe(2_100_000)
  expect(factsOf([download()], 0, intent(0), failed(0)).bytesDownloaded).toBe(0)
})

describe('kept', () => {
  const unpack: Step = {
    kind: 'unpack',
    phase: 'before',
    detail: 'x',
    archive: '/a',
    archiveName: 'a.tar.gz',
    to: '/opt/core/releases/2',
    building: '/opt/core/releases/.building',
    failed: '/opt/core/releases/.failed',
    user: null,
  }
  const data: BackupRef = { component: 'core', data: { type: 'path' }, dir: '/backups/core/r-1' }
  const backup: Step = { kind: 'backup', phase: 'before', detail: 'x', backup: data, version: '1', copies: [] }
  const restore: Step = {
    kind: 'restore',
    phase: 'stopped',
    detail: 'x',
    restore: { backup: data, aside: '/var/aside' },
  }
  const migrate = command('migrate', 'x', [{ backup: data, aside: '/var/aside' }])

  test('when a tree was whole and the run failed, then the failed version is named', () => {
    expect(factsOf([unpack, link()], 1, intent(0), done(0), intent(1), failed(1), undone(1), undone(0)).kept).toEqual([
      '/opt/core/releases/.failed',
    ])
  })

  test('when a tree was never whole, then nothing of it is named', () => {
    expect(factsOf([unpack], 0, intent(0), failed(0), undone(0)).kept).toEqual([])
  })

  test('when a backup was made, then it is named, also when the run went well', () => {
    expect(factsOf([backup], 0, intent(0), done(0), closed('committed')).kept).toEqual(['/backups/core/r-1'])
    expect(factsOf([backup], 0, intent(0), failed(0), undone(0)).kept).toEqual([])
  })

  test('when a migration is undone, then the data that it left is named', () => {
    expect(factsOf([migrate], 0, intent(0), failed(0), undone(0)).kept).toEqual(['/var/aside'])
    expect(factsOf([migrate], 0, intent(0), done(0)).kept).toEqual([])
  })

  test('when data is restored, then the data from before is named, and not when it came back', () => {
    expect(factsOf([restore], 0, intent(0), done(0)).kept).toEqual(['/var/aside'])
    expect(factsOf([restore], 0, intent(0), done(0), cancel, undone(0)).kept).toEqual([])
  })
})

test('when the plan, a step or a cleanup warns, then all of it is told', () => {
  const plan = corePlan({ steps: [link(), remove()], commitAfter: 0 }, { warnings: ['no checksum'] })
  const said = [intent(0), done(0, { warnings: ['a copy failed'] }), intent(1), failed(1), closed('committed')]
  expect(runFacts(journalOf(plan, ...said)).warnings).toEqual(['no checksum', 'a copy failed', 'step 1 refuses'])
})
