import type { ZodType } from 'zod'
import type { ComponentName, ResourceName, RunId, Spec } from '../core/model/names.ts'
import type { Facts, Problem } from '../core/model/problem.ts'
import type { Release, VerifiedRelease } from '../core/model/release.ts'
import type { SlotParts } from '../core/plan/compose-slots.ts'
import type { ProbeRef, ServiceRef, Step, TrafficRef } from '../core/plan/step.ts'
import type { Slot } from '../core/traffic/slots.ts'
import type { OpenService, Relocation, ServiceState } from './service.ts'
import type { SourceTree } from './source.ts'
import type { OpenTraffic } from './traffic.ts'

/** A version that is kept on this host and can be switched back to without the source. */
export interface KeptVersion {
  readonly version: string | null
  readonly path: string
  /** ISO 8601. */
  readonly since: string
}

/** What stands on the machine now. `tree` is what runs (null: not installed). */
export interface Installed {
  readonly state: 'absent' | 'adopted' | 'slots' | 'in-place' | 'compose' | 'files' | 'git' | 'foreign'
  readonly version: string | null
  readonly tree: string | null
  readonly kept: readonly KeptVersion[]
  readonly service: { readonly ref: ServiceRef; readonly state: ServiceState } | null
  readonly probe: ProbeRef
  readonly user: string | null
  readonly facts: Facts
}

/**
 * What a strategy contributes to a plan; `core/plan/compose.ts` alone sets the order.
 * `newTree` is where `prepare` and `migrate` run (null: the strategy has no tree, or goes back to a kept one).
 */
export interface Phases {
  /** What makes room on the disk, before the checks: what nobody can go back to any more. */
  readonly room: readonly Step[]
  /** While the old version runs: unpack, first carry. `prepare` follows, then `settle` (sync). */
  readonly before: readonly Step[]
  readonly settle: readonly Step[]
  /** Inside the outage: last carry, switch. */
  readonly stopped: readonly Step[]
  readonly cleanup: readonly Step[]
  /** Programs with their arguments, run in `newTree` as the installation's user. */
  readonly prepare: readonly (readonly string[])[]
  readonly migrate: readonly (readonly string[])[]
  /** `replace`: starting the service ends what runs and starts the new one in its place. */
  readonly stop: 'never' | 'if-changed' | 'always' | 'replace'
  /** false: the strategy brings the artifact by steps of its own (an image is pulled by its engine). */
  readonly downloads: boolean
  readonly newTree: string | null
  /** Where `migrate` runs after the switch, since the tree or the data in it stand only then. null: in `newTree`, before it. */
  readonly migrateIn: string | null
  /** The service as it is started, where more is known by now than `inspect` asked; null: as it was found. */
  readonly service: ServiceRef | null
  /** Where the installation is found afterwards, when that changes (adopt, forget). */
  readonly movesTo: string | null
  readonly needBytes: number
  /** What it writes to. */
  readonly paths: readonly string[]
  /** Trees that it moves: no backup is put into one of them. */
  readonly moves: readonly string[]
  /** Where the room is needed, when that is not in `paths`; null: there. */
  readonly disk: string | null
  readonly locks: readonly ResourceName[]
  /** Two slots behind one front door; null: one installation. Then `stopped` and `stop` are not asked. */
  readonly slots: SlotPhases | null
  readonly warnings: readonly string[]
}

/** What a strategy says of its two slots. The rest is asked of the proxy and of the services. */
export type SlotPhases = Omit<SlotParts, 'expectedVersion'> & {
  /** How the version in `to` is read; null: as the installed one is. */
  readonly probe: ProbeRef | null
}

/** A run that only stops and starts the service: what others are made from. */
export const noPhases: Phases = {
  room: [],
  service: null,
  before: [],
  settle: [],
  stopped: [],
  cleanup: [],
  prepare: [],
  migrate: [],
  stop: 'always',
  downloads: true,
  moves: [],
  disk: null,
  newTree: null,
  migrateIn: null,
  movesTo: null,
  needBytes: 0,
  paths: [],
  locks: [],
  slots: null,
  warnings: [],
}

export interface StrategyContext {
  readonly component: ComponentName
  readonly run: RunId
  readonly runDir: string
  /** For what can be made again; all of it may be lost. */
  readonly cacheDir: string
  readonly probeSpec: Spec
  readonly scheme: string
  readonly readVersion: (ref: ProbeRef) => Promise<string | null>
  readonly inspectService: (ref: ServiceRef) => Promise<ServiceState>
  readonly relocation: (
    ref: ServiceRef,
    move: { readonly from: string; readonly to: string } | null,
  ) => Promise<Relocation | null>
  readonly service: (ref: ServiceRef) => Promise<OpenService>
  /** The same service in a slot. E_SLOT_UNFIT. */
  readonly inSlot: (ref: ServiceRef, slot: Slot, port: number | null) => Promise<ServiceRef>
  readonly traffic: (ref: TrafficRef) => Promise<OpenTraffic>
  readonly keep: number
  /** The component's source, for steps that fetch by themselves with its credentials. */
  readonly source: Spec
  /** What the component's `data` names: nothing of it may be a part of what a release brings. */
  readonly data: readonly Spec[]
  /** Every file of a release. E_USAGE: its source knows no files. */
  tree(release: Release): Promise<SourceTree>
  /** What the source lists, as it was asked for last where that is young enough. */
  releases(): Promise<readonly Release[]>
  readonly signal: AbortSignal
  /** Asked for the first time it does the work, after that it gives what came of it. */
  once<T>(what: string, work: () => Promise<T>): Promise<T>
}

/** A file that an update would touch. `protected`: it stays as it is, whatever the release has. */
export interface FileNote {
  readonly path: string
  readonly change: 'added' | 'changed' | 'removed' | 'mode'
  readonly local: 'clean' | 'edited' | 'protected'
}

/**
 * How a kind of installation is moved from one version to another. Reads only: it plans, steps act.
 */
export interface Strategy<C> {
  readonly kind: string
  readonly config: ZodType<C>
  describe(config: C): string
  /**
   * Begins what a change will ask anyway and takes long, while the source is asked; it remembers that in `context.once`.
   * Resolves when that has begun. Absent: nothing does.
   */
  ahead?(config: C, context: StrategyContext): Promise<void>
  inspect(config: C, context: StrategyContext): Promise<Installed>
  /** Whether what is installed has all of that release in it already, and more. Absent: its versions tell. */
  contains?(config: C, now: Installed, release: Release, context: StrategyContext): Promise<boolean>
  /** What an update to that release would touch, by path. Absent: the strategy knows no single files. */
  files?(config: C, now: Installed, release: Release, context: StrategyContext): Promise<readonly FileNote[]>
  update(config: C, now: Installed, to: VerifiedRelease, context: StrategyContext): Promise<Phases | Problem>
  /** Back to a kept version. */
  back(config: C, now: Installed, to: KeptVersion, context: StrategyContext): Promise<Phases | Problem>
  /**
   * What a second instance of the installed version would need, for a trial beside the one that serves; null: it has one place
   * only. Absent: the strategy knows no slots. E_SLOT_UNFIT, E_TRAFFIC_*.
   */
  trial?(config: C, now: Installed, context: StrategyContext): Promise<SlotPhases | Problem | null>
  /** Takes a plain tree over into slots, and releases it again. A strategy that knows no such thing gives E_USAGE. */
  adopt(config: C, now: Installed, context: StrategyContext): Promise<Phases | Problem>
  forget(config: C, now: Installed, context: StrategyContext): Promise<Phases | Problem>
}
