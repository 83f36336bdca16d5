import type { RunId } from '../core/model/names.ts'
import { type Facts, type Problem, problemOf } from '../core/model/problem.ts'
import type { Step, StepKind } from '../core/plan/step.ts'
import type { Entry, Recorded, Verb } from '../core/run/entry.ts'
import { cancelled, fold } from '../core/run/fold.ts'
import { type Action, next } from '../core/run/next.ts'
import type { Clock } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Listener } from '../ports/progress.ts'
import type { StepContext, StepHandler, StepHandlers } from '../ports/step.ts'

export interface DrivePorts {
  readonly journal: Journal
  readonly handlers: StepHandlers
  readonly clock: Clock
  readonly emit: Listener
  /** Gives up the reserve, so that undo and the journal find room on a full disk. */
  readonly dropBallast: () => void
}

export interface DriveOptions {
  /** Aborting asks for rollback, or ends a wait after the commit. */
  readonly signal: AbortSignal
  /** Stop short of everything that needs services running (before they may start, at boot). */
  readonly boot: boolean
}

export type Driven = 'closed' | 'deferred'

/**
 * Carries one run to its end: ask `next`, act, journal; nothing is remembered between turns but the entries.
 * The caller holds the run's locks.
 */
export async function drive(run: RunId, ports: DrivePorts, options: DriveOptions): Promise<Driven> {
  const log = await openLog(run, ports)
  const never = new AbortController().signal
  for (;;) {
    const { steps, closed, committed, direction } = fold(log.entries)
    const mayCancel = closed === null && !committed && direction === 'forward'
    if (mayCancel && options.signal.aborted) await log.record({ t: 'cancel' })
    const action = next(log.entries, ports.clock.now())
    // A result waits for the next intent alone: nothing else may happen before it is on disk.
    if (action.do !== 'apply') await log.flush()
    if (action.do === 'nothing') return 'closed'
    if (options.boot && needsServices(action, steps)) {
      await log.flush()
      return 'deferred'
    }
    // The way back and everything after the commit cannot be cancelled.
    const signal = mayCancel && !options.signal.aborted ? options.signal : never
    await act(action, { run, steps, ports, signal, record: log.record })
  }
}

interface RunLog {
  readonly entries: readonly Recorded[]
  readonly record: (entry: Entry) => Promise<void>
  readonly flush: () => Promise<void>
}

/**
 * The run's entries, and how one is added. The result of a step and the intent of the next go to disk together: half the
 * syncs, most of them inside the outage. A crash before that leaves the step without a result, which is what `settle` is for.
 */
async function openLog(run: RunId, ports: DrivePorts): Promise<RunLog> {
  const entries = [...(await ports.journal.read(run))]
  let held: Entry | null = null
  const write = async (all: readonly Entry[]): Promise<void> => {
    if (held !== null) entries.pop()
    held = null
    entries.push(...(await appendWithReserve(run, all, ports)))
  }
  return {
    entries,
    async record(entry) {
      if (entry.t !== 'done' || held !== null) return write(held === null ? [entry] : [held, entry])
      entries.push({ v: 1, seq: entries.length, at: ports.clock.now(), boot: ports.clock.bootId(), entry })
      held = entry
    },
    async flush() {
      if (held !== null) await write([held])
    },
  }
}

interface Turn {
  readonly run: RunId
  readonly steps: readonly Step[]
  readonly ports: DrivePorts
  readonly signal: AbortSignal
  readonly record: (entry: Entry) => Promise<void>
}

async function act(action: Exclude<Action, { do: 'nothing' }>, turn: Turn): Promise<void> {
  const { run, ports, record } = turn
  switch (action.do) {
    case 'apply':
      await record({ t: 'intent', step: action.step })
      if (turn.steps[action.step]?.kind !== 'soak') await attempt('apply', action.step, turn)
      return
    case 'settle':
      return settle(action.step, turn)
    case 'undo':
      return attempt('undo', action.step, turn)
    case 'give-up':
      await record({ t: 'failed', step: action.step, verb: 'apply', problem: action.problem })
      ports.emit({ t: 'failed', run, step: action.step, verb: 'apply', problem: action.problem, ms: 0 })
      return
    case 'wait':
      ports.emit({ t: 'waiting', run, step: action.step, until: action.until })
      return pause(action.until - ports.clock.now(), turn)
    case 'close':
      await record({ t: 'closed', outcome: action.outcome, problem: action.problem })
      ports.emit({ t: 'closed', run, outcome: action.outcome, problem: action.problem })
      return
  }
}

/** One verb on one step: its result or its failure is journaled, whatever happens. */
async function attempt(verb: 'apply' | 'undo', index: number, turn: Turn): Promise<void> {
  const { run, ports, record } = turn
  const started = ports.clock.now()
  ports.emit({ t: 'step', run, step: index, state: verb === 'apply' ? 'running' : 'undoing', ms: 0, facts: {} })
  const result = await call(verb, index, turn)
  const ms = ports.clock.now() - started
  if ('problem' in result) {
    if (result.problem.code === 'E_DISK_FULL') ports.dropBallast()
    await record({ t: 'failed', step: index, verb, problem: result.problem })
    ports.emit({ t: 'failed', run, step: index, verb, problem: result.problem, ms })
    return
  }
  await record(verb === 'apply' ? { t: 'done', step: index, note: result.facts } : { t: 'undone', step: index })
  ports.emit({ t: 'step', run, step: index, state: verb === 'apply' ? 'done' : 'undone', ms, facts: result.facts })
}

/** An intent without a result: the machine is asked, not memory. */
async function settle(index: number, turn: Turn): Promise<void> {
  const { step, handler, context } = stepAt(index, turn)
  let seen: 'absent' | 'present'
  try {
    seen = await handler.observe(step, context)
  } catch (error) {
    return turn.record({ t: 'failed', step: index, verb: 'observe', problem: problemOf(error) })
  }
  if (seen === 'present') return turn.record({ t: 'done', step: index, note: { observed: true } })
  await turn.record({ t: 'intent', step: index })
  return attempt('apply', index, turn)
}

async function call(
  verb: Exclude<Verb, 'observe'>,
  index: number,
  turn: Turn,
): Promise<{ facts: Facts } | { problem: Problem }> {
  const { step, handler, context } = stepAt(index, turn)
  try {
    if (verb === 'apply') return { facts: await handler.apply(step, context) }
    await handler.undo(step, context)
    return { facts: {} }
  } catch (error) {
    const failure = problemOf(error)
    // What was cut off by the abort says so in many ways; none of them is a fault of anybody.
    const cutOff = turn.signal.aborted && failure.code === 'E_INTERNAL'
    return { problem: cutOff ? cancelled : failure }
  }
}

function stepAt(index: number, turn: Turn): { step: never; handler: StepHandler<StepKind>; context: StepContext } {
  const step = turn.steps[index]
  if (step === undefined) throw new Error(`the plan has no step ${index}`)
  const { run, ports, signal } = turn
  return {
    // The map pairs every kind with its own handler; TypeScript cannot follow the pairing through an index.
    step: step as never,
    handler: ports.handlers[step.kind],
    context: {
      run,
      signal,
      progress: (doneBytes, totalBytes, message) =>
        ports.emit({ t: 'progress', run, step: index, doneBytes, totalBytes, message: message ?? null }),
    },
  }
}

/** Waits for a deadline; an abort only ends the wait, the next turn decides what it means. */
async function pause(ms: number, { ports, signal }: Turn): Promise<void> {
  try {
    await ports.clock.sleep(Math.max(0, ms), signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const traffic: ReadonlySet<StepKind> = new Set([
  'slot-start',
  'warm-up',
  'switch',
  'verify',
  'retire',
  'hold',
  'release',
])

/** Whatever starts, stops or questions a service, in either direction. */
function needsServices(action: Action, steps: readonly Step[]): boolean {
  if (action.do === 'close' || action.do === 'nothing' || action.do === 'give-up') return false
  const kind = steps[action.step]?.kind
  // The engine of containers starts as late as the services do.
  if (kind === 'pull' || kind === 'tag' || kind === 'prune-images') return true
  // So does the proxy.
  if (kind !== undefined && traffic.has(kind)) return true
  switch (action.do) {
    case 'wait':
      return kind === 'soak'
    case 'undo':
      // Undoing a start only makes sure that nothing runs, which is so before the services may start.
      return kind === 'stop' || kind === 'revive'
    case 'apply':
    case 'settle':
      // A guard starts `belay-resume.service`, which at boot is this very process: it would wait for itself.
      return kind === 'start' || kind === 'check' || kind === 'soak' || kind === 'guard' || kind === 'unguard'
  }
}

/** A full disk must not keep the journal from saying so: the reserve is given up and the entry tried once more. */
async function appendWithReserve(
  run: RunId,
  entries: readonly Entry[],
  ports: DrivePorts,
): Promise<readonly Recorded[]> {
  try {
    return await ports.journal.append(run, ...entries)
  } catch (error) {
    if (problemOf(error).code !== 'E_DISK_FULL') throw error
    ports.dropBallast()
    return ports.journal.append(run, ...entries)
  }
}
