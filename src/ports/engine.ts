import type { DoctorReport } from '../core/doctor/report.ts'
import type { Facts, Problem } from '../core/model/problem.ts'
import type { ComponentName, RunId } from '../core/model/names.ts'
import type { HoldReason, Outcome, Proof, Relation, Rung } from '../core/model/release.ts'
import type { Plan, RunAction } from '../core/plan/plan.ts'
import type { StepKind } from '../core/plan/step.ts'
import type { Recorded } from '../core/run/entry.ts'
import type { Slot } from '../core/traffic/slots.ts'
import type { RunPhase } from '../core/run/phase.ts'
import type { BackupRecord } from './backup.ts'
import type { RunTotal } from './journal.ts'
import type { LockHolder } from './locks.ts'
import type { Listener } from './progress.ts'
import type { FileNote } from './strategy.ts'

/** The shapes of `--json`: snake_case names are promises. */

export interface CheckReport {
  readonly current: string | null
  readonly latest: string | null
  readonly update_available: boolean
  readonly release_notes: string | null
  /** Where people read of the release; left out where its source names no such place. */
  readonly release_url?: string
  /** ISO 8601; left out where its source does not say. */
  readonly release_date?: string
  /** The file that would be installed; left out where it is no file on the web. */
  readonly download_url?: string
  /** ISO 8601 of the last time the source really answered; null: never. */
  readonly last_checked: string | null
  readonly held: HoldReason | null
  readonly relation: Relation
  /** What the update would touch, where it was asked for; null: its strategy knows no single files. */
  readonly files?: readonly FileNote[] | null
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null
}

export type StepState = 'pending' | 'running' | 'done' | 'failed' | 'undone' | 'skipped'

export interface StepReport {
  readonly kind: StepKind
  readonly state: StepState
  readonly ms: number
  readonly detail: string
  readonly facts: Facts
}

/** An old version on its way out. Times in ISO 8601. */
export interface RetiringItem {
  readonly component: string
  readonly run: RunId
  readonly slot: Slot
  /** It ends then, whatever it still serves. */
  readonly retire_at: string
  /** Until then it is kept to be switched back to. */
  readonly warm_until: string
}

export interface RunReport {
  readonly run: RunId | null
  readonly component: ComponentName
  readonly action: RunAction
  readonly from: string | null
  readonly to: string | null
  /** `current`: there was nothing to do, and no run was opened. */
  readonly outcome: Outcome | 'current'
  readonly restart_required: boolean
  readonly steps: readonly StepReport[]
  readonly downtime_ms: number
  readonly bytes_downloaded: number
  /** What was seen at the front door meanwhile; left out: nobody looked. */
  readonly measured?: RunMeasured
  readonly problem: Problem | null
  /** What was kept aside and where: failed trees, data, edited files. */
  readonly kept: readonly string[]
  readonly warnings: readonly string[]
}

export interface RunMeasured {
  readonly asked: number
  readonly failed: number
  readonly worst_ms: number
}

export interface StatusReport {
  readonly component: ComponentName
  readonly installed: string | null
  readonly state: string
  readonly available: string | null
  readonly update_available: boolean
  /** What the last check found; an update may have come since. Left out: there was no check. */
  readonly relation?: Relation
  readonly last_checked: string | null
  readonly service: { readonly running: boolean; readonly state: string; readonly describe: string } | null
  readonly held: HoldReason | null
  readonly unfinished: { readonly run: RunId; readonly phase: RunPhase } | null
  readonly lock: LockHolder | null
  readonly last_run: HistoryItem | null
  readonly kept: readonly string[]
  readonly problem: Problem | null
  /** What the page's file sets instead of the config; left out: nothing. */
  readonly overrides?: StatusOverrides
  /** The version before, where it still runs beside this one; left out: it does not. */
  readonly retiring?: RetiringItem
  /** What proved the installed version when it came; left out: no run here brought it. */
  readonly trust?: StatusTrust
}

/** `by`: a key, a build, an identity, a role; null: nobody signed. `stated_by`: who stated the digest. */
export interface StatusTrust {
  readonly rung: Rung
  readonly kind: Proof['kind'] | null
  readonly by: string | null
  readonly stated_by: string | null
}

/** `keys`: such as `policy.auto`. `problem`: why the file does not hold; nothing is installed by itself then. */
export interface StatusOverrides {
  readonly file: string
  readonly keys: readonly string[]
  readonly problem: Problem | null
}

export type { RunPhase }

export interface HistoryItem {
  readonly run: RunId
  readonly component: string
  readonly action: RunAction
  readonly from: string | null
  readonly to: string | null
  /** ISO 8601. */
  readonly opened: string
  readonly closed: string | null
  readonly outcome: Outcome | 'unfinished'
  readonly phase: RunPhase
  /** The bundle that the release came in; left out: its source gave it. */
  readonly from_file?: string
}

export interface RunDetails extends RunReport {
  readonly opened: string
  readonly closed: string | null
  readonly phase: RunPhase
  readonly plan: Plan
  readonly entries: readonly Recorded[]
}

export interface Description {
  readonly source: string
  readonly strategy: string
  readonly path: string | null
}

export interface ReleaseNote {
  readonly version: string
  /** ISO 8601. */
  readonly date: string | null
  readonly notes: string | null
  readonly url: string | null
}

/** `kept`: on this host. `title`: what a publisher calls it, a commit's subject among them. */
export interface VersionItem {
  readonly version: string
  readonly date: string | null
  readonly title: string | null
  readonly kept: boolean
  readonly current: boolean
  readonly published: boolean
}

export interface Versions {
  readonly versions: readonly VersionItem[]
  readonly problem: Problem | null
}

export interface BackupItem
  extends Pick<BackupRecord, 'component' | 'kind' | 'source' | 'created' | 'version' | 'run' | 'bytes'> {
  readonly id: string
  readonly place: string
  /** What a person should know of it. */
  readonly notes?: readonly string[]
}

/**
 * An update that was offered, one record per component and version. `available_files`: what it would touch; null: its
 * strategy knows no single files. `superseded`: a later one was offered since. Times ISO 8601.
 */
export interface Notification {
  readonly id: number
  readonly component: string
  readonly title: string
  readonly description: string | null
  readonly version: string
  readonly available_files: readonly string[] | null
  readonly installed: boolean
  readonly installed_at: string | null
  readonly created_at: string
  readonly state: 'open' | 'installed' | 'dismissed' | 'superseded'
}

export interface UpdateOptions {
  readonly to?: string
  /** A bundle that stands in for the component's source: its absolute path. */
  readonly from?: string
  /** Overrides the maintenance window, `min_age` and a version that failed before; recorded in the plan. */
  readonly now?: boolean
  /** A timer started it: a version that failed here before is not tried again until somebody asks for it. */
  readonly timed?: boolean
  /** Nobody asked: no further than the component's policy `auto` goes, and nothing that is not installed yet. */
  readonly auto?: boolean
  readonly signal?: AbortSignal
}

export interface RollbackOptions {
  readonly to?: string
  readonly data?: 'restore' | 'keep'
  readonly signal?: AbortSignal
}

/** A plan, or the reason why there is nothing to plan. */
export type Planned = { readonly plan: Plan } | { readonly current: RunReport }

/** What an update would do. `held`: a newer version waits. `failed`: it cannot be told; a source may not have answered. */
export type Outlook =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'current'; readonly current: RunReport }
  | {
      readonly kind: 'held'
      readonly from: string | null
      readonly to: string
      readonly by: HoldReason
      readonly problem: Problem
    }
  | { readonly kind: 'failed'; readonly problem: Problem }

/**
 * What an update of several would do with one of them. `requires`: names and ranges of the config. `unfinished`: a run of
 * it was left behind, which `update` ends first; what comes then cannot be known before.
 */
export type Prospect = {
  readonly component: ComponentName
  readonly requires: Readonly<Record<string, string>>
} & (Outlook | { readonly kind: 'unfinished'; readonly run: RunId })

/**
 * The one engine behind every door. Methods throw BelayError (E_COMPONENT_UNKNOWN, E_LOCKED, E_UNFINISHED_RUN, source
 * errors, …) when nothing was started; once a run is opened they always resolve with its report.
 * `check` writes down what it found, and nothing else; `plan`, `prospects`, `status`, `history`, `show`, `backups` change
 * nothing. `update` and `rollback` first finish an unfinished run of the same component.
 */
export interface Engine {
  components(): readonly ComponentName[]
  /** Resolves names and aliases; E_COMPONENT_UNKNOWN with a suggestion. */
  resolve(name: string): ComponentName
  check(
    names: readonly ComponentName[],
    options: { readonly force: boolean; readonly files?: boolean; readonly signal?: AbortSignal },
  ): Promise<ReadonlyMap<ComponentName, CheckReport>>
  plan(name: ComponentName, options: UpdateOptions): Promise<Planned>
  /**
   * Each of them once, in the order in which they have to be updated: what is required comes first, and its coming version
   * counts for those after it.
   */
  prospects(names: readonly ComponentName[], options: UpdateOptions): Promise<readonly Prospect[]>
  update(name: ComponentName, options: UpdateOptions): Promise<RunReport>
  planRollback(name: ComponentName, options: RollbackOptions): Promise<Planned>
  rollback(name: ComponentName, options: RollbackOptions): Promise<RunReport>
  planAdopt(name: ComponentName, options: { readonly signal?: AbortSignal }): Promise<Planned>
  adopt(name: ComponentName, options: { readonly signal?: AbortSignal }): Promise<RunReport>
  planForget(name: ComponentName, options: { readonly signal?: AbortSignal }): Promise<Planned>
  forget(name: ComponentName, options: { readonly signal?: AbortSignal }): Promise<RunReport>
  /**
   * Finishes or undoes every unfinished run. `boot`: stops short of anything that needs services running, so that it can
   * run before them; `deferred` tells that such work is left. `here`: runs of Belay itself are driven by this very
   * process, which is the one beside; all of what is unfinished, or that run alone. `component`: of that one alone.
   */
  resume(options: {
    readonly boot: boolean
    readonly component?: ComponentName
    readonly here?: RunId | 'all' | null
    readonly signal?: AbortSignal
  }): Promise<{ readonly runs: readonly RunReport[]; readonly deferred: boolean }>
  /**
   * Starts a service that has no manager but belay and that ended by itself; false: it is not so, or a run of it was left
   * behind. E_LOCKED while a run is going on.
   */
  revive(name: ComponentName, options: { readonly signal?: AbortSignal }): Promise<boolean>
  /** Old versions that people may still be connected to; whoever has them in hand ends them in time. */
  retiring(): readonly RetiringItem[]
  /** Ends those whose time has come, or that nobody uses any more. Gives the rest. One that a run has in hand is left to it. */
  retire(options: { readonly signal?: AbortSignal }): Promise<readonly RetiringItem[]>
  /**
   * What would not work of these, and why. With `trial`, which is for one: what its installed version does when it is told to end,
   * tried in the slot that is idle; `slow` is a path that takes seconds. Then E_LOCKED while a run is going on.
   */
  doctor(
    names: readonly ComponentName[],
    options: { readonly trial: { readonly slow: string | null } | null; readonly signal?: AbortSignal },
  ): Promise<DoctorReport>
  /** Whether an agent looks after this state folder, in whatever process. */
  hasAgent(): Promise<boolean>
  status(names: readonly ComponentName[]): Promise<readonly StatusReport[]>
  /** Newest first. `before`: only those older than that run. */
  history(options: {
    readonly component?: ComponentName
    readonly before?: RunId
    readonly limit: number
  }): Promise<readonly HistoryItem[]>
  show(run: string): Promise<RunDetails>
  /** How many runs there were, by component, action and outcome. */
  totals(): Promise<readonly RunTotal[]>
  backups(names: readonly ComponentName[]): Promise<readonly BackupItem[]>
  createBackup(name: ComponentName, signal?: AbortSignal): Promise<readonly BackupItem[]>
  planRestoreBackup(name: ComponentName, id: string, signal?: AbortSignal): Promise<Planned>
  restoreBackup(name: ComponentName, id: string, signal?: AbortSignal): Promise<RunReport>
  pruneBackups(name: ComponentName): Promise<readonly string[]>
  /** Newest first. */
  notifications(): Promise<readonly Notification[]>
  /** E_USAGE: there is none of that id. */
  notification(id: number): Promise<Notification>
  dismissNotification(id: number): Promise<Notification>
  /** Who changes it at this moment, in whatever process. */
  holder(name: ComponentName): Promise<LockHolder | null>
  /** What the last check said; null: there was none, or it is lost. Asks nobody. */
  lastCheck(name: ComponentName): CheckReport | null
  /** As the installation itself says, where the config names a place for it (`build_date`). */
  buildDate(name: ComponentName): Promise<string | null>
  /** In the words of their adapters, and where it is installed. */
  describe(name: ComponentName): Promise<Description>
  /** Notes of every release between what is installed and the newest one, newest first. The source may answer from its cache. */
  notes(name: ComponentName, signal?: AbortSignal): Promise<readonly ReleaseNote[]>
  /**
   * Versions that `rollback --to` and `update --to` may name, newest first. `problem`: the source did not answer, and only
   * what is kept here is named.
   */
  versions(name: ComponentName, signal?: AbortSignal): Promise<Versions>
  /** Another number than before when somebody else has written to the journal; its own runs are told by `subscribe`. */
  stamp(): number
  /** Events are told in the asynchronous context of the call that caused them. */
  subscribe(listener: Listener): () => void
  close(): void
}
