import type { ComponentName } from '../core/model/names.ts'
import { loadConfig } from '../host/config/load.ts'
import type { ReadConfig } from '../host/config/read-config.ts'
import type {
  CheckReport,
  Engine,
  HistoryItem,
  Planned,
  RollbackOptions,
  RunReport,
  StatusReport,
  UpdateOptions,
} from '../ports/engine.ts'
import type { Listener } from '../ports/progress.ts'
import { parseConfigValue } from '../protocol/config/parse.ts'
import { allKinds, kindsFor } from './kinds.ts'
import { settingsIn } from './settings.ts'
import { wire } from './wire.ts'

export { BelayError, type Facts, type Problem } from '../core/model/problem.ts'
export type { Plan } from '../core/plan/plan.ts'
export type { Step } from '../core/plan/step.ts'
export type { Listener, RunEvent } from '../ports/progress.ts'
export type {
  CheckReport,
  HistoryItem,
  Planned,
  RollbackOptions,
  RunReport,
  StatusReport,
  StepReport,
  UpdateOptions,
} from '../ports/engine.ts'

export interface OpenOptions {
  /** A file's path, or the config as a value (the shape of `belay.yaml`). Left out: searched as the command line does. */
  readonly config?: string | { readonly [key: string]: unknown }
  /** The state folder; left out: `$BELAY_STATE`, then the config's `agent.state`, then this user's default. */
  readonly state?: string
}

/** Belay in your own program: the same engine as the command line, with the same locks and journal. */
export interface Belay {
  /**
   * Asks the sources of all components, or of one. A source that failed is an error in its component's report, never
   * "up to date". `force`: do not answer from the cache.
   */
  check(options?: {
    readonly name?: string
    readonly force?: boolean
    readonly signal?: AbortSignal
  }): Promise<Record<string, CheckReport>>
  /** The plan that `update` would run, or the report that there is nothing to do. Changes nothing. */
  plan(name: string, options?: UpdateOptions): Promise<Planned>
  /**
   * Updates a component and resolves with the run's report, whatever its outcome. Throws BelayError when nothing was
   * started (unknown name, source failed, locked). `dryRun`: only the plan.
   */
  update(name: string, options: UpdateOptions & { readonly dryRun: true }): Promise<Planned>
  update(name: string, options?: UpdateOptions & { readonly dryRun?: false }): Promise<RunReport>
  /** Back to the last good version, or to `to`. `data` must be said when a migration lies between. */
  rollback(name: string, options?: RollbackOptions): Promise<RunReport>
  /** What is installed now, read from the machine; null: not installed, or it cannot be told. */
  versions(): Promise<Record<string, string | null>>
  status(): Promise<readonly StatusReport[]>
  runs(options?: { readonly name?: string; readonly limit?: number }): Promise<readonly HistoryItem[]>
  /** Finishes or undoes what a crash left behind. */
  resume(options?: { readonly signal?: AbortSignal }): Promise<readonly RunReport[]>
  /** Events of runs in this process, for progress. Gives the function that ends it. */
  subscribe(listener: Listener): () => void
  close(): Promise<void>
}

/**
 * Opens Belay as a library.
 *
 * @example
 * const belay = await openBelay({ config: '/etc/belay/belay.yaml' })
 * const report = await belay.update('core')
 * console.log(report.outcome) // committed, rolled-back, failed, stuck or current
 * await belay.close()
 *
 * Throws BelayError: E_CONFIG_NOT_FOUND, E_CONFIG_INVALID (`facts.errors`), E_STATE_UNSAFE, E_JOURNAL_MISSING, E_JOURNAL_UNREADABLE.
 */
export async function openBelay(options: OpenOptions = {}): Promise<Belay> {
  const { settings, stateDir } = await settingsIn(await readOf(options), options.state ?? null, kindsFor, null)
  return libraryOn(await wire({ settings, stateDir, env: process.env }))
}

async function readOf({ config }: OpenOptions): Promise<ReadConfig> {
  const baseDir = process.cwd()
  if (typeof config !== 'object')
    return loadConfig({ config: config ?? null, env: process.env, cwd: baseDir }, kindsFor)
  return { text: null, value: config, settings: parseConfigValue(config, baseDir, await allKinds()), baseDir }
}

function libraryOn(engine: Engine): Belay {
  const some = (name: string | undefined): readonly ComponentName[] =>
    name === undefined ? engine.components() : [engine.resolve(name)]
  function update(name: string, options: UpdateOptions & { readonly dryRun: true }): Promise<Planned>
  function update(name: string, options?: UpdateOptions & { readonly dryRun?: false }): Promise<RunReport>
  function update(
    name: string,
    options: UpdateOptions & { readonly dryRun?: boolean } = {},
  ): Promise<Planned | RunReport> {
    const { dryRun, ...rest } = options
    return dryRun === true ? engine.plan(engine.resolve(name), rest) : engine.update(engine.resolve(name), rest)
  }
  return {
    async check({ name, force = false, signal } = {}) {
      const reports = await engine.check(some(name), signal === undefined ? { force } : { force, signal })
      return Object.fromEntries(reports)
    },
    plan: async (name, options = {}) => engine.plan(engine.resolve(name), options),
    update,
    rollback: async (name, options = {}) => engine.rollback(engine.resolve(name), options),
    async versions() {
      const all = await engine.status(engine.components())
      return Object.fromEntries(all.map(({ component, installed }) => [component, installed]))
    },
    status: () => engine.status(engine.components()),
    runs: ({ name, limit = 50 } = {}) =>
      engine.history(name === undefined ? { limit } : { limit, component: engine.resolve(name) }),
    resume: async ({ signal } = {}) =>
      (await engine.resume(signal === undefined ? { boot: false } : { boot: false, signal })).runs,
    subscribe: (listener) => engine.subscribe(listener),
    close: async () => engine.close(),
  }
}
