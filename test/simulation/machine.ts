import type { ComponentName, RunId } from '../../src/core/model/names.ts'
import { fail } from '../../src/core/model/problem.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { Step } from '../../src/core/plan/step.ts'
import type { Entry, Recorded } from '../../src/core/run/entry.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Journal } from '../../src/ports/journal.ts'
import type { StepHandler, StepHandlers } from '../../src/ports/step.ts'

/** The power is cut here: nothing after it happens. */
export class Crash extends Error {}

/** What the world does to a run, drawn at random. Every number is an index into the stream of events of its kind. */
export interface Weather {
  /** Crash at these turns of the crash counter (every half of an effect, before and after every append). */
  readonly crashes: ReadonlySet<number>
  /** These calls of `apply`, `undo`, `observe` fail; `observe` also lies. */
  readonly applyFails: ReadonlySet<number>
  readonly undoFails: ReadonlySet<number>
  readonly observeFails: ReadonlySet<number>
  readonly observeLies: ReadonlySet<number>
}

/** An append is on disk wholly or not at all: torn ones are cut off by SQLite's log, so a crash is before or after. */
export function memoryJournal(
  disk: Recorded[],
  moment: (what: string) => void,
  now: () => Pick<Recorded, 'at' | 'boot'>,
): Journal {
  return {
    append: async (_run, ...entries: readonly Entry[]) => {
      moment('before an entry')
      const recorded = entries.map((entry, i): Recorded => ({ v: 1, seq: disk.length + i, ...now(), entry }))
      disk.push(...recorded)
      moment('after an entry')
      return recorded
    },
    read: async () => [...disk],
    unfinished: async () => [],
    runs: async () => [],
    version: () => 0,
    totals: async () => [],
    close: () => {},
  }
}

/**
 * A machine whose state is one value per step: `old`, `half` or `new`. It survives crashes; what the engine holds in
 * memory does not. Every effect passes through `half`, with a chance to crash on both sides of it.
 */
export class Machine {
  readonly values: ('old' | 'half' | 'new')[]
  readonly disk: Recorded[] = []
  counts = { crash: 0, apply: 0, undo: 0, observe: 0 }
  now = 1_000_000
  crashed = 0
  private readonly steps: readonly Step[]
  private readonly weather: Weather

  constructor(plan: Plan, weather: Weather) {
    this.steps = [...plan.steps, ...plan.back]
    this.values = this.steps.map(() => 'old')
    this.weather = weather
  }

  /** From a crash until the next start nothing happens any more, whatever the engine makes of the error. */
  private dead = false

  start(): void {
    this.dead = false
  }

  die(): never {
    this.dead = true
    this.crashed++
    throw new Crash()
  }

  private mayCrash(): void {
    if (this.dead) throw new Crash()
    if (this.weather.crashes.has(this.counts.crash++)) this.die()
  }

  readonly journal: Journal = memoryJournal(
    this.disk,
    () => this.mayCrash(),
    () => ({ at: this.now, boot: String(this.crashed) }),
  )

  readonly clock: Clock = {
    now: () => this.now,
    sleep: async (ms) => {
      this.now += ms
    },
    bootId: () => String(this.crashed),
    randomHex: () => '00',
  }

  /** `check` steps are truthful about the whole: all new in the phase `after`, all old in the others; the others move their own value. */
  readonly handlers: StepHandlers = new Proxy({} as StepHandlers, { get: () => this.handler() })

  private handler(): StepHandler<'rename'> {
    return {
      apply: async (step) => {
        const failing = this.weather.applyFails.has(this.counts.apply++)
        if (isCheck(step)) return this.check(step, failing && step.phase !== 'back')
        this.move(step, 'new', failing)
        return {}
      },
      observe: async (step) => {
        if (isCheck(step)) return 'absent'
        if (!moves(step)) return 'present'
        const call = this.counts.observe++
        if (this.weather.observeFails.has(call)) throw fail('E_IO', 'the machine cannot be asked')
        const seen = this.values[this.indexOf(step)] === 'new' ? 'present' : 'absent'
        return this.weather.observeLies.has(call) ? (seen === 'present' ? 'absent' : 'present') : seen
      },
      undo: async (step) => this.move(step, 'old', this.weather.undoFails.has(this.counts.undo++)),
    }
  }

  private move(step: Step, to: 'old' | 'new', failing: boolean): void {
    const i = this.indexOf(step)
    this.mayCrash()
    if (this.values[i] !== to) this.values[i] = 'half'
    this.mayCrash()
    if (failing) throw fail('E_IO', 'the machine refuses')
    this.values[i] = to
    this.mayCrash()
  }

  private check(step: Step, failing: boolean): Record<string, never> {
    if (failing) throw fail('E_CHECK_FAILED', 'not healthy')
    const wanted = step.phase === 'after' ? 'new' : 'old'
    if (!this.whole(wanted)) throw fail('E_CHECK_FAILED', 'a mix')
    return {}
  }

  /** Whether everything up to the commit point has this value. */
  whole(value: 'old' | 'new'): boolean {
    return this.steps.every((step, i) => !moves(step) || step.phase === 'cleanup' || this.values[i] === value)
  }

  private indexOf(step: Step): number {
    return this.steps.findIndex((one) => one.detail === step.detail)
  }
}

/** Neither a question nor a wait changes the machine. */
function moves(step: Step): boolean {
  return !isCheck(step) && step.kind !== 'soak'
}

function isCheck(step: Step): boolean {
  return step.kind === 'check'
}

export interface PlanShape {
  readonly before: number
  readonly stopped: number
  readonly cleanup: number
  readonly kinds: readonly ('rename' | 'migrate')[]
  readonly hasOld: boolean
  readonly soakMs: number
}

/** A plan whose kinds matter only by what an interruption means for them. */
export function planOf(shape: PlanShape): Plan {
  const steps: Step[] = []
  const move = (phase: 'before' | 'stopped' | 'cleanup') => {
    const kind = shape.kinds[steps.length % shape.kinds.length] ?? 'rename'
    steps.push({ kind, phase, detail: `step ${steps.length}` } as unknown as Step)
  }
  for (let i = 0; i < shape.before; i++) move('before')
  for (let i = 0; i < shape.stopped; i++) move('stopped')
  steps.push({ kind: 'check', phase: 'after', detail: 'verify' } as unknown as Step)
  if (shape.soakMs > 0) {
    steps.push({ kind: 'soak', phase: 'after', detail: 'soak', ms: shape.soakMs })
    steps.push({ kind: 'check', phase: 'after', detail: 'verify again' } as unknown as Step)
  }
  const commitAfter = steps.length - 1
  for (let i = 0; i < shape.cleanup; i++) move('cleanup')
  const back = shape.hasOld ? [{ kind: 'check', phase: 'back', detail: 'verify old' } as unknown as Step] : []
  return {
    v: 1,
    run: 'r-00000000' as RunId,
    action: 'update',
    targets: [{ component: 'app' as ComponentName, from: shape.hasOld ? '1' : null, to: '2' }],
    locks: [],
    steps,
    commitAfter,
    back,
    about: {
      created: '',
      source: null,
      releasedAt: null,
      rung: null,
      statedBy: null,
      downloadBytes: null,
      needBytes: 0,
      freeBytes: 0,
      lastDowntimeMs: null,
      stops: true,
      restartRequired: false,
      warnings: [],
      facts: {},
    },
  }
}
