import { AsyncLocalStorage } from 'node:async_hooks'
import type { ComponentName } from '../../core/model/names.ts'
import { fail, problemOf } from '../../core/model/problem.ts'
import type { Say } from '../../ports/agent.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Engine, RollbackOptions, RunReport, UpdateOptions } from '../../ports/engine.ts'
import type { LockHolder } from '../../ports/locks.ts'
import type { Listener } from '../../ports/progress.ts'
import type { Started } from '../../protocol/api/runs.ts'
import { momentUtc } from '../../protocol/words/units.ts'

/** What is asked of whoever runs the agent. */
export interface StarterPorts {
  use<T>(work: (loaded: { readonly engine: Engine }) => Promise<T>): Promise<T>
  /** The run goes on whatever becomes of whoever asked; a stop of the agent asks it to go back and waits for it. */
  run<T>(
    component: ComponentName,
    work: (loaded: { readonly engine: Engine }, signal: AbortSignal) => Promise<T>,
  ): Promise<T>
  /** false: no run of that component goes on in this process. */
  cancel(component: ComponentName): boolean
  subscribe(listener: Listener): () => void
  readonly clock: Clock
  readonly say: Say
}

/** A run that was begun, or the report that there was nothing to do. */
export type Begun = { readonly started: Started } | { readonly current: RunReport }

/** Whoever asked for a run. */
export interface Asker {
  /** As the audit log calls them. */
  readonly who: string
  /** Called once when a run that was begun is over; a stop of the agent waits for it. `outcome`: a word or a problem's code. */
  ended(outcome: string, run: string | null): Promise<void>
}

/**
 * Begins runs and does not wait for their end: no request runs an update inside itself. Each call resolves when the run is
 * in the journal, or there is nothing to do, and throws what refused it: E_HELD, E_LOCKED (who has it, since when and
 * why), E_STOPPING, what the source said. A second run of one component is refused, never queued.
 */
export interface Starter {
  update(name: ComponentName, options: Omit<UpdateOptions, 'signal'>, asker: Asker): Promise<Begun>
  rollback(name: ComponentName, options: Omit<RollbackOptions, 'signal'>, asker: Asker): Promise<Begun>
  restore(name: ComponentName, backup: string, asker: Asker): Promise<Begun>
  /** Tries to finish or undo what was left behind, or is stuck. */
  resume(name: ComponentName, asker: Asker): Promise<Begun>
  /** Asks a run to go back, as Ctrl-C does. E_USAGE: it is over. E_LOCKED: another process drives it. E_UNFINISHED_RUN: nobody does. */
  cancel(run: string): Promise<void>
}

/** One call, from the request until its run is over. */
interface Call {
  readonly component: ComponentName
  readonly asker: Asker
  readonly why: string
  readonly since: string
  readonly opened: PromiseWithResolvers<Begun>
  isOpen: boolean
}

type Work = (engine: Engine, signal: AbortSignal) => Promise<RunReport>

export function createStarter(ports: StarterPorts): Starter {
  const calls = new Map<ComponentName, Call>()
  // Timers begin runs of the same engine: what happens within a call tells whose run it is.
  const within = new AsyncLocalStorage<Call>()
  ports.subscribe((event) => {
    const call = within.getStore()
    if (event.t !== 'opened' || call === undefined) return
    const { component } = call
    call.isOpen = true
    call.opened.resolve({ started: { run: event.run, component, outcome: 'started', resumed: event.resumed } })
  })
  const ended = async (call: Call, outcome: string, run: string | null): Promise<void> => {
    if (!call.isOpen) return
    await call.asker.ended(outcome, run).catch((error: unknown) => {
      const { code, message } = problemOf(error)
      const text = `the audit log does not have how this ended: ${code} ${message}`
      ports.say({ level: 'warn', component: call.component, run, text })
    })
  }
  const drive = async (call: Call, engine: Engine, signal: AbortSignal, work: Work): Promise<RunReport> => {
    try {
      const report = await within.run(call, async () => work(engine, signal))
      await ended(call, report.outcome, report.run)
      return report
    } catch (error) {
      const { code } = problemOf(error)
      // It goes on elsewhere: an update of Belay itself outlives the agent that began it.
      if (code !== 'E_LOCKED') await ended(call, code, null)
      throw error
    }
  }
  const finish = async (call: Call, work: Work): Promise<void> => {
    try {
      const report = await ports.run(call.component, async ({ engine }, signal) => drive(call, engine, signal, work))
      call.opened.resolve({ current: report })
    } catch (error) {
      const { code, message } = problemOf(error)
      ports.say({ level: 'warn', component: call.component, run: null, text: `${call.why}: ${code} ${message}` })
      call.opened.reject(error)
    } finally {
      calls.delete(call.component)
    }
  }
  const begin = async (component: ComponentName, why: string, asker: Asker, work: Work): Promise<Begun> => {
    const other = calls.get(component)
    if (other !== undefined) throw taken(other)
    const since = new Date(ports.clock.now()).toISOString()
    const call: Call = { component, asker, why, since, opened: Promise.withResolvers(), isOpen: false }
    calls.set(component, call)
    void finish(call, work)
    return call.opened.promise
  }
  return {
    update: async (name, options, asker) =>
      begin(name, 'update', asker, async (engine, signal) => engine.update(name, { ...options, signal })),
    rollback: async (name, options, asker) =>
      begin(name, 'rollback', asker, async (engine, signal) => engine.rollback(name, { ...options, signal })),
    restore: async (name, backup, asker) =>
      begin(name, 'restore a backup', asker, async (engine, signal) => engine.restoreBackup(name, backup, signal)),
    resume: async (name, asker) =>
      begin(name, 'resume', asker, async (engine, signal) => {
        const { runs } = await engine.resume({ boot: false, component: name, signal })
        const last = runs.at(-1)
        if (last !== undefined) return last
        throw fail('E_USAGE', `No run of ${name} is unfinished.`, { hint: 'There is nothing to resume.' })
      }),
    async cancel(run) {
      const { component, closed, holder } = await ports.use(async ({ engine }) => {
        const details = await engine.show(run)
        return { ...details, holder: await engine.holder(details.component) }
      })
      if (closed !== null)
        throw fail('E_USAGE', `${run} is over.`, { hint: 'Only a run that is under way can be cancelled.' })
      if (ports.cancel(component)) return
      throw holder === null ? left(run) : elsewhere(run, holder)
    },
  }
}

function left(run: string): Error {
  return fail('E_UNFINISHED_RUN', `Nobody drives ${run}: a crash left it behind.`, {
    hint: 'Resume it: that finishes it, or undoes it.',
    facts: { run },
  })
}

function elsewhere(run: string, { pid, user, why, since }: LockHolder): Error {
  return fail('E_LOCKED', `${run} is driven by process ${pid} (${user}), which was started by hand.`, {
    hint: 'Cancel it there, with Ctrl-C.',
    retryable: true,
    facts: { run, pid, user, why, since },
  })
}

function taken({ component, asker: { who }, why, since }: Call): Error {
  return fail('E_LOCKED', `${component} is held by ${who} since ${momentUtc(since)}: ${why}.`, {
    hint: 'Wait until that is over, then try again.',
    retryable: true,
    facts: { resource: `component:${component}`, user: who, why, since },
  })
}
