import type { Spec } from '../core/model/names.ts'
import type { Artifact, Release, VerifiedRelease } from '../core/model/release.ts'
import type { BackupRef, ProbeRef, RestoreRef, ServiceRef, TrafficRef } from '../core/plan/step.ts'
import type { BackupInput, BackupRecord } from './backup.ts'
import type { CheckContext, CheckResult } from './check.ts'
import type { OpenService } from './service.ts'
import type { ByteStream, Listing, ListOptions, RegistryAuth, SourceTree } from './source.ts'
import type { FileNote, Installed, KeptVersion, Phases, SlotPhases, StrategyContext } from './strategy.ts'
import type { Problem } from '../core/model/problem.ts'
import type { Slot } from '../core/traffic/slots.ts'
import type { OpenTraffic } from './traffic.ts'

/**
 * Adapters opened from the config that a step or a component carries. Opening parses the spec with the adapter's own
 * schema, and loads its code only now: E_CONFIG_INVALID when it does not fit (a plan of a kind that this version no longer knows).
 */
export interface Adapters {
  source(spec: Spec): Promise<OpenSource>
  /** The spec of the same source, read from a bundle instead. E_BUNDLE_INVALID, system errors. `file`: an absolute path. */
  bundled(spec: Spec, file: string): Promise<Spec>
  strategy(spec: Spec): Promise<OpenStrategy>
  service(ref: ServiceRef): Promise<OpenService>
  check(spec: Spec): Promise<OpenCheck>
  backup(spec: Spec): Promise<OpenBackup>
  probe(ref: ProbeRef): Promise<OpenProbe>
  /** The same service in a slot: its `cwd` is that of the slot. E_SLOT_UNFIT. */
  inSlot(ref: ServiceRef, slot: Slot, port: number | null): Promise<ServiceRef>
  traffic(ref: TrafficRef): Promise<OpenTraffic>
}

export interface OpenSource {
  readonly describe: string
  list(options: ListOptions): Promise<Listing>
  /** The same release where the source has nothing to add. */
  pin(release: Release, signal: AbortSignal): Promise<Release>
  /** E_USAGE: the source knows no files. */
  tree(release: Release, signal: AbortSignal): Promise<SourceTree>
  /** null: the source has files. */
  parts(release: Release, signal: AbortSignal): Promise<readonly Artifact[] | null>
  credentials(signal: AbortSignal): Promise<RegistryAuth | null>
  /** null: the source has no repository. */
  atRoot(release: Release, name: string, signal: AbortSignal): Promise<Artifact | null>
  open(artifact: Artifact, offset: number, signal: AbortSignal): Promise<ByteStream>
}

export interface OpenCheck {
  readonly describe: string
  readonly timeoutMs: number
  run(context: CheckContext, signal: AbortSignal): Promise<CheckResult>
}

export interface OpenBackup {
  readonly kind: string
  readonly describe: string
  readonly source: string
  readonly paths: readonly string[]
  needBytes(): Promise<number>
  create(input: BackupInput): Promise<BackupRecord>
  verify(ref: BackupRef): Promise<BackupRecord>
  restore(ref: RestoreRef, signal: AbortSignal): Promise<void>
  unrestore(ref: RestoreRef, signal: AbortSignal): Promise<void>
  /** null: in `aside` itself. */
  keptAs(aside: string): Promise<string | null>
  discard(aside: string, signal: AbortSignal): Promise<void>
}

export interface OpenProbe {
  readonly live: boolean
  read(signal: AbortSignal): Promise<string | null>
}

export interface OpenStrategy {
  readonly describe: string
  ahead(context: StrategyContext): Promise<void>
  inspect(context: StrategyContext): Promise<Installed>
  /** false where the strategy cannot tell. */
  contains(now: Installed, release: Release, context: StrategyContext): Promise<boolean>
  /** null: the strategy knows no single files. */
  files(now: Installed, release: Release, context: StrategyContext): Promise<readonly FileNote[] | null>
  update(now: Installed, to: VerifiedRelease, context: StrategyContext): Promise<Phases | Problem>
  back(now: Installed, to: KeptVersion, context: StrategyContext): Promise<Phases | Problem>
  /** null: one place only. */
  trial(now: Installed, context: StrategyContext): Promise<SlotPhases | Problem | null>
  adopt(now: Installed, context: StrategyContext): Promise<Phases | Problem>
  forget(now: Installed, context: StrategyContext): Promise<Phases | Problem>
}

/** For `pruneBackups`: the adapter of the data that a backup is of takes away what a restore left outside of `aside`. */
export function discardBy(
  adapters: Pick<Adapters, 'backup'>,
  data: readonly Spec[],
  signal: AbortSignal,
): (record: Pick<BackupRecord, 'kind' | 'source'>, aside: string) => Promise<void> {
  return async ({ kind, source }, aside) => {
    for (const spec of data.filter(({ type }) => type === kind)) {
      const backup = await adapters.backup(spec)
      if (backup.source === source) await backup.discard(aside, signal)
    }
  }
}
