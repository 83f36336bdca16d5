import type { Spec } from '../model/names.ts'
import type { Artifact } from '../model/release.ts'
import type {
  BackupRef,
  CheckStep,
  CommandStep,
  ConfirmStep,
  Phase,
  RestoreRef,
  ServiceRef,
  Step,
  TrialStep,
} from './step.ts'

/** Everything that a run is made of, before it has an order. */
export interface Parts {
  readonly run: string
  readonly runDir: string
  /** What makes room on the disk, before it is looked at. */
  readonly room: readonly Step[]
  readonly checksBefore: readonly Step[]
  readonly checksAfter: readonly Step[]
  readonly checksBack: readonly Step[]
  /** What an unpacked archive may bring besides: asked right after it, and with the other checks. */
  readonly inside?: { readonly before: Step; readonly after: Step } | null
  readonly download: { readonly source: Spec; readonly artifact: Artifact; readonly step: Step } | null
  /** Strategy's own: unpack and first carry, then after `prepare` the sync. */
  readonly before: readonly Step[]
  readonly settle: readonly Step[]
  readonly stopped: readonly Step[]
  readonly cleanup: readonly Step[]
  readonly prepare: readonly CommandStep[]
  readonly migrate: readonly Omit<CommandStep, 'restore'>[]
  /** true: the new tree stands only after the switch, so that `migrate` follows it. */
  readonly migratesLast?: boolean
  readonly backups: readonly BackupPart[]
  /** Data that a rollback was told to bring back. */
  readonly restore: readonly RestoreRef[]
  /** `replace`: the start itself ends what runs (containers). Data is still backed up while stopped. */
  readonly stop: 'never' | 'if-changed' | 'always' | 'replace'
  readonly service: {
    readonly ref: ServiceRef
    /** The same, where it is found after the switch. */
    readonly after: ServiceRef
    readonly wasRunning: boolean
    readonly detail: string
    readonly guards: boolean
  } | null
  readonly soakMs: number
  /** Of a run that moves Belay itself. */
  readonly self: { readonly trial: TrialStep; readonly confirm: ConfirmStep } | null
}

export interface BackupPart {
  readonly detail: string
  readonly version: string | null
  readonly online: BackupRef
  /** Taken after the stop, when something will change the data: the only one that a failing run restores. */
  readonly final: BackupRef
  readonly aside: string
  /** Where the data as it was is kept by a restore, when that is not in `aside`. */
  readonly kept: string | null
  readonly copies: readonly string[]
}

export interface Composed {
  readonly steps: readonly Step[]
  readonly commitAfter: number
  readonly back: readonly Step[]
}

/** Largest artifact that a run downloads where the source states no size. */
export const downloadBytesMax = 8 * 1024 ** 3

/**
 * The one place that knows the order: pre-checks, download, unpack, prepare, backup, [stop, final backup,
 * migrate, switch, start], post-checks, soak, COMMIT, cleanup. What is not needed is left out. A tree that is changed
 * where it stands is migrated after the switch.
 */
export function compose(parts: Parts): Composed {
  const runs = parts.stop !== 'never' && parts.service !== null
  const replaces = parts.stop === 'replace'
  const changesData = mayChangeData(parts)
  const stops = runs && (!replaces || changesData || parts.restore.length > 0)
  // Before anything of the new version can be started, and taken back before the old one is.
  const stopped = parts.self === null ? parts.stopped : [parts.self.trial, ...parts.stopped]
  const switching = runs && !stops ? stopped.map(whileRunning) : stopped
  const inside = parts.inside ?? null
  const asked = inside === null ? parts.checksAfter : [...parts.checksAfter, inside.after]
  const checksAfter = parts.self === null ? asked : [...asked, parts.self.confirm]
  const migrations = migrationsOf(parts)
  const steps: Step[] = [
    ...beforehand(parts),
    ...(runs ? guardSteps(parts) : []),
    ...(stops ? [serviceStep(parts, 'stop')] : []),
    ...(runs && !stops ? [whileRunning(reviveStep(parts))] : []),
    ...(changesData ? parts.backups.map((backup) => backupStep(backup, 'stopped')) : []),
    ...(replaces && changesData ? [protectStep(parts.backups)] : []),
    ...parts.restore.map(restoreStep),
    ...(parts.migratesLast === true ? [...switching, ...migrations] : [...migrations, ...switching]),
    ...(runs ? [serviceStep(parts, 'start')] : []),
    ...checksAfter,
    ...soakSteps(parts, asked),
  ]
  return {
    steps: [...steps, ...(changesData ? copySteps(parts.backups) : []), ...endsWith(parts)],
    commitAfter: steps.length - 1,
    back: parts.checksBack,
  }
}

/** What replaces containers cannot know what the new one does to its data at its start. */
export function mayChangeData({ migrate, stop, backups }: Parts): boolean {
  return migrate.length > 0 || (stop === 'replace' && backups.length > 0)
}

/** Everything that takes long, while the old version serves. */
export function beforehand(parts: Parts): readonly Step[] {
  return [
    ...parts.room,
    ...parts.checksBefore,
    ...(parts.download === null ? [] : [parts.download.step]),
    ...withInside(parts.before, parts.inside ?? null),
    ...parts.prepare,
    ...parts.settle,
    ...parts.backups.map((backup) => backupStep(backup, 'before')),
  ]
}

/** What was written before the first of them is what a way back restores. */
export function migrationsOf({ migrate, backups }: Parts): readonly CommandStep[] {
  return migrate.map((step, i) => ({ ...step, restore: i === 0 ? restoresOf(backups) : [] }))
}

/** Right behind what was unpacked last, before anything else is done with it. */
function withInside(before: readonly Step[], inside: { readonly before: Step } | null): readonly Step[] {
  if (inside === null) return before
  const at = before.findLastIndex((step) => step.kind === 'unpack') + 1
  return [...before.slice(0, at), inside.before, ...before.slice(at)]
}

export function backupStep(backup: BackupPart, phase: 'before' | 'stopped'): Step {
  const online = phase === 'before'
  return {
    kind: 'backup',
    phase,
    detail: online ? `${backup.detail}, online` : `${backup.detail}, after the stop`,
    backup: online ? backup.online : backup.final,
    version: backup.version,
    copies: online ? backup.copies : [],
  }
}

function restoresOf(backups: readonly BackupPart[]): readonly RestoreRef[] {
  return backups.map(({ final, aside, kept }) => ({ backup: final, aside, ...(kept === null ? {} : { kept }) }))
}

/** Of what a later rollback would bring back. While the service was stopped there was no time for it. */
export function copySteps(backups: readonly BackupPart[]): readonly Step[] {
  return backups.flatMap(({ detail, final, copies }) =>
    copies.length === 0 ? [] : [{ kind: 'copy-backup', phase: 'cleanup', detail, backup: final, copies }],
  )
}

export function restoreStep(restore: RestoreRef): Step {
  return { kind: 'restore', phase: 'stopped', detail: `data from ${restore.backup.dir}`, restore }
}

/** Where nothing is stopped beforehand, what comes before the start is no outage. */
function whileRunning(step: Step): Step {
  return { ...step, phase: 'before' }
}

export function protectStep(backups: readonly BackupPart[]): Step {
  return { kind: 'protect', phase: 'stopped', detail: 'data as it is now', restore: restoresOf(backups) }
}

function reviveStep({ service }: Parts): Step {
  if (service === null) throw new Error('there is no service to start again')
  const { ref, wasRunning, detail } = service
  return { kind: 'revive', phase: 'stopped', detail, service: ref, wasRunning }
}

function serviceStep({ service }: Parts, kind: 'stop' | 'start'): Step {
  if (service === null) throw new Error('there is no service to stop or start')
  return {
    kind,
    phase: kind === 'stop' ? 'stopped' : 'after',
    detail: service.detail,
    service: kind === 'stop' ? service.ref : service.after,
    wasRunning: service.wasRunning,
  }
}

function guardSteps({ service }: Parts): readonly Step[] {
  if (service?.guards !== true) return []
  return [{ kind: 'guard', phase: 'before', detail: 'belay-resume.service', service: service.ref }]
}

/** After the soak the checks are asked once more: what it waited for must still hold. */
function soakSteps(parts: Parts, asked: readonly Step[]): readonly Step[] {
  if (parts.soakMs <= 0) return []
  return [{ kind: 'soak', phase: 'after', detail: `${Math.round(parts.soakMs / 1000)} s`, ms: parts.soakMs }, ...asked]
}

/** What every run does last. */
export function endsWith(parts: Parts): readonly Step[] {
  const trial = parts.self === null ? [] : [endTrial(parts.self.trial)]
  return [...parts.cleanup, ...trial, removeRunDir(parts)]
}

function removeRunDir({ runDir }: Parts): Step {
  return { kind: 'remove', phase: 'cleanup', detail: 'temporary files', path: runDir }
}

function endTrial(trial: TrialStep): Step {
  return { kind: 'remove', phase: 'cleanup', detail: 'the record of the trial', path: trial.dir }
}

/** What a check is about, whatever it asks. */
export type CheckSubject = Omit<CheckStep, 'kind' | 'phase' | 'detail' | 'check'>

export function checkStep(check: Spec, phase: Phase, detail: string, subject: CheckSubject): CheckStep {
  return { kind: 'check', phase, detail, check, ...subject }
}
