import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/core/model/release.ts'
import { fold } from '../../src/core/run/fold.ts'
import { next } from '../../src/core/run/next.ts'
import type { Step } from '../../src/core/plan/step.ts'
import { drive, type Driven } from '../../src/engine/drive.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Listener } from '../../src/ports/progress.ts'
import type { StepHandlers } from '../../src/ports/step.ts'
import { Crash, Machine, type PlanShape, planOf, type Weather } from './machine.ts'

const startsMax = 200
const runsCount = Number(process.env['BELAY_SIMULATION_RUNS'] ?? 20_000)

const shapes: fc.Arbitrary<PlanShape> = fc.record({
  before: fc.integer({ min: 0, max: 4 }),
  stopped: fc.integer({ min: 1, max: 5 }),
  cleanup: fc.integer({ min: 0, max: 2 }),
  kinds: fc.array(fc.constantFrom('rename' as const, 'migrate' as const), { minLength: 1, maxLength: 4 }),
  hasOld: fc.boolean(),
  soakMs: fc.constantFrom(0, 0, 30_000),
})

const indexes = (max: number, count: number) =>
  fc.uniqueArray(fc.nat({ max }), { maxLength: count }).map((all) => new Set(all))
const none = fc.constant(new Set<number>())

function weather(parts: Partial<Record<keyof Weather, fc.Arbitrary<Set<number>>>>): fc.Arbitrary<Weather> {
  return fc.record({
    crashes: parts.crashes ?? none,
    applyFails: parts.applyFails ?? none,
    undoFails: parts.undoFails ?? none,
    observeFails: parts.observeFails ?? none,
    observeLies: parts.observeLies ?? none,
  })
}

const clear: Weather = {
  crashes: new Set(),
  applyFails: new Set(),
  undoFails: new Set(),
  observeFails: new Set(),
  observeLies: new Set(),
}

/** A machine on which the run has just been opened. */
function opened(plan: Plan, sky: Weather = clear): Machine {
  const machine = new Machine(plan, sky)
  machine.disk.push({ v: 1, seq: 0, at: machine.now, boot: '0', entry: { t: 'opened', plan } })
  return machine
}

interface Start {
  readonly handlers?: StepHandlers
  readonly emit?: Listener
  readonly signal?: AbortSignal
  readonly boot?: boolean
}

/** One start of the engine on the machine's run. */
function driveOn(machine: Machine, start: Start = {}): Promise<Driven> {
  const { journal, clock } = machine
  const { handlers = machine.handlers, emit = () => {}, signal = new AbortController().signal, boot = false } = start
  const ports = { journal, clock, handlers, emit, dropBallast: () => {} }
  return drive(fold(machine.disk).plan.run, ports, { signal, boot })
}

/** Starts the engine again and again, as a host would after each power cut, until the run is closed. */
async function carryThrough(shape: PlanShape, sky: Weather): Promise<{ machine: Machine; outcome: Outcome }> {
  const machine = opened(planOf(shape), sky)
  for (let start = 0; start < startsMax; start++) {
    machine.start()
    try {
      await driveOn(machine)
    } catch (error) {
      if (error instanceof Crash) continue
      throw error
    }
    const { closed } = fold(machine.disk)
    if (closed !== null) return { machine, outcome: closed }
  }
  throw new Error('the run never ended')
}

async function assertAllOrNothing(shape: PlanShape, sky: Weather): Promise<Outcome> {
  const { machine, outcome } = await carryThrough(shape, sky)
  if (outcome === 'committed') expect(machine.whole('new')).toBe(true)
  if (outcome === 'rolled-back' || outcome === 'failed') expect(machine.whole('old')).toBe(true)
  return outcome
}

test('when it crashes anywhere, however often, then the end is all old or all new and the journal says which', async () => {
  const seen = new Set<Outcome>()
  let crashes = 0
  await fc.assert(
    fc.asyncProperty(shapes, weather({ crashes: indexes(150, 12), applyFails: indexes(30, 2) }), async (shape, sky) => {
      const { machine, outcome } = await carryThrough(shape, sky)
      crashes += machine.crashed
      seen.add(outcome)
      expect(outcome).not.toBe('stuck')
      expect(machine.whole(outcome === 'committed' ? 'new' : 'old')).toBe(true)
    }),
    { numRuns: runsCount },
  )
  // A property that never crashed, or never turned back, has shown nothing.
  expect(crashes).toBeGreaterThan(runsCount)
  expect([...seen].toSorted()).toEqual(['committed', 'failed', 'rolled-back'])
})

test('when observe lies or fails, then a commit is still all new and an undo all old', async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      weather({ crashes: indexes(100, 10), observeLies: indexes(8, 6), observeFails: indexes(8, 6) }),
      async (shape, sky) => {
        expect(await assertAllOrNothing(shape, sky)).not.toBe('stuck')
      },
    ),
    { numRuns: runsCount },
  )
})

test('when undo fails a few times, then it is tried again; when it fails for ever, then the run is stuck and says so', async () => {
  const seen = new Set<Outcome>()
  await fc.assert(
    fc.asyncProperty(
      shapes,
      weather({
        applyFails: indexes(6, 3),
        undoFails: fc.oneof(indexes(5, 4), fc.constant(new Set(Array.from({ length: 40 }, (_, i) => i)))),
      }),
      async (shape, sky) => {
        seen.add(await assertAllOrNothing(shape, sky))
      },
    ),
    { numRuns: runsCount },
  )
  expect(seen.has('stuck')).toBe(true)
})

test('when a stuck run is resumed after the cause is gone, then it ends all old', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const always = new Set(Array.from({ length: 1000 }, (_, i) => i))
      const lastApply = planOf(shape).commitAfter
      const sky = {
        crashes: new Set<number>(),
        applyFails: new Set([lastApply]),
        undoFails: new Set(always),
        observeFails: new Set<number>(),
        observeLies: new Set<number>(),
      }
      const { machine, outcome } = await carryThrough(shape, sky)
      if (outcome !== 'stuck') return
      sky.undoFails.clear()
      await machine.journal.append(planOf(shape).run, { t: 'resumed' })
      await driveOn(machine)
      expect(fold(machine.disk).closed).toBe(shape.hasOld ? 'rolled-back' : 'failed')
      expect(machine.whole('old')).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('when it is cancelled at any moment before the commit, then everything is as before', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat({ max: 12 }), async (shape, at) => {
      const machine = opened(planOf(shape))
      const abort = new AbortController()
      let events = 0
      const emit = () => {
        if (events++ === at) abort.abort()
      }
      await driveOn(machine, { emit, signal: abort.signal })
      const { closed } = fold(machine.disk)
      expect(machine.whole(closed === 'committed' ? 'new' : 'old')).toBe(true)
      expect(closed).not.toBe('stuck')
    }),
    { numRuns: runsCount },
  )
})

test('when a step takes the machine down every time, then it is given up and everything is as before', async () => {
  const shape: PlanShape = { before: 1, stopped: 2, cleanup: 0, kinds: ['rename'], hasOld: true, soakMs: 0 }
  const machine = opened(planOf(shape))
  const deadly = new Proxy(machine.handlers, {
    get: (handlers, kind) => {
      const handler = handlers[kind as 'rename']
      return {
        ...handler,
        apply: async (step: Parameters<typeof handler.apply>[0], x: Parameters<typeof handler.apply>[1]) => {
          if (step.detail === 'step 1') machine.die()
          return handler.apply(step, x)
        },
      }
    },
  })
  let starts = 0
  for (; fold(machine.disk).closed === null && starts < 50; starts++) {
    await driveUntilDeath(machine, deadly)
  }
  expect(fold(machine.disk).closed).toBe('rolled-back')
  expect(starts).toBeLessThan(10)
  expect(machine.whole('old')).toBe(true)
})

async function driveUntilDeath(machine: Machine, handlers: StepHandlers): Promise<void> {
  machine.start()
  try {
    await driveOn(machine, { handlers })
  } catch (error) {
    if (!(error instanceof Crash)) throw error
  }
}

describe('at boot, before the services may start', () => {
  /** Every kind that a real plan has, in its order. */
  const kinds = ['check', 'unpack', 'guard', 'stop', 'migrate', 'link', 'start', 'check', 'soak', 'check'] as const
  const phases = [
    'before',
    'before',
    'before',
    'stopped',
    'stopped',
    'stopped',
    'after',
    'after',
    'after',
    'after',
  ] as const
  const bootPlan = {
    ...planOf({ before: 0, stopped: 1, cleanup: 0, kinds: ['rename'], hasOld: true, soakMs: 0 }),
    steps: [
      ...kinds.map((kind, i) => ({ kind, phase: phases[i], detail: `step ${i}`, ms: 1000 }) as unknown as Step),
      { kind: 'remove', phase: 'cleanup', detail: 'temporary files' } as unknown as Step,
    ],
    commitAfter: kinds.length - 1,
  }

  /** The machine's handlers, which note what is asked of a service or of something that needs one running. */
  function watched(machine: Machine, asked: string[]): StepHandlers {
    return new Proxy(machine.handlers, {
      get: (handlers, kind) => {
        const handler = handlers[kind as 'rename']
        const note = (verb: string) => asked.push(`${verb} ${String(kind)}`)
        return {
          apply: (...all: Parameters<typeof handler.apply>) => (note('apply'), handler.apply(...all)),
          observe: (...all: Parameters<typeof handler.observe>) => (note('observe'), handler.observe(...all)),
          undo: (...all: Parameters<typeof handler.undo>) => (note('undo'), handler.undo(...all)),
        }
      },
    })
  }

  const forbidden = /^(apply|observe) (start|check|soak|guard|unguard)$|^undo stop$/

  test('when the power went anywhere, then no service is started or asked, and what remains is left to the time after', async () => {
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(
        weather({ crashes: indexes(90, 6), applyFails: indexes(12, 1) }),
        fc.nat({ max: 5 }),
        async (sky, starts) => {
          const machine = opened(bootPlan, sky)
          for (let start = 0; start <= starts && fold(machine.disk).closed === null; start++) {
            await driveUntilDeath(machine, machine.handlers)
          }
          const asked: string[] = []
          const driven = await bootUntilItLives(machine, watched(machine, asked))
          expect(asked.filter((verb) => forbidden.test(verb))).toEqual([])
          const { closed, direction, records } = fold(machine.disk)
          seen.add(driven === 'closed' ? String(closed) : `deferred ${direction}`)
          expect(driven === 'closed').toBe(closed !== null)
          if (driven === 'deferred') expect(nextNeedsServices(machine)).toBe(true)
          // Whichever way it goes, nothing is left half done for a service to start on.
          const files = kinds.flatMap((kind, i) =>
            ['unpack', 'migrate', 'link'].includes(kind) ? [machine.values[i]] : [],
          )
          expect(files).not.toContain('half')
          if (direction === 'back') {
            const behindStop = records.slice(4, bootPlan.commitAfter + 1)
            expect(behindStop.every(({ begun, progress }) => !begun || progress === 'undone')).toBe(true)
          }
          // And the time after boot carries it to its end.
          await driveUntilEnd(machine)
          expect(machine.whole(fold(machine.disk).closed === 'committed' ? 'new' : 'old')).toBe(true)
        },
      ),
      { numRuns: Math.min(runsCount, 5_000) },
    )
    expect([...seen].toSorted()).toEqual(expect.arrayContaining(['committed', 'deferred back', 'deferred forward']))
  })

  function nextNeedsServices(machine: Machine): boolean {
    const action = next(machine.disk, machine.now)
    if (!('step' in action)) return false
    const { steps } = fold(machine.disk)
    const kind = steps[action.step]?.kind ?? ''
    const verb = action.do === 'settle' ? 'observe' : action.do === 'wait' ? 'apply' : action.do
    return forbidden.test(`${verb} ${kind}`)
  }

  async function bootUntilItLives(machine: Machine, handlers: StepHandlers): Promise<Driven> {
    for (let start = 0; start < startsMax; start++) {
      machine.start()
      try {
        return await driveOn(machine, { handlers, boot: true })
      } catch (error) {
        if (!(error instanceof Crash)) throw error
      }
    }
    throw new Error('the boot never ended')
  }

  async function driveUntilEnd(machine: Machine): Promise<void> {
    for (let start = 0; start < startsMax && fold(machine.disk).closed === null; start++) {
      await driveUntilDeath(machine, machine.handlers)
    }
  }
})
