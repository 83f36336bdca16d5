import type { Spec } from '../model/names.ts'
import type { Artifact } from '../model/release.ts'
import type { BackupRef, CheckStep, CommandStep, Phase, RestoreRef, ServiceRef, Step } from './step.ts'

/** Everything that a run is made of, before it has an order. */
export interface Parts {
  readonly run: string
  readonly runDir: string
  /** What makes room on the disk, before it is looked at. */
  readonly room: readonly Step[]
  readonly checksBefore: readonly Step[]
  readonly checksAfter: readonly Step[]
  readonly checksBack: readonly Step[]
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

/** Largest artifact that a run downloads where the source states no size. */
export const downloadBytesMax = 8 * 1024 ** 3

/**
 * The one place that knows the order (DESIGN §2): pre-checks, download, unpack, prepare, backup, [stop, final backup,
 * migrate, switch, start], post-checks, soak, COMMIT, cleanup. What is not needed is left out. A tree that is changed
 * where it stands is migrated after the switch.
 */
export function compose(parts: Parts): { steps: readonly Step[]; commitAfter: number; back: readonly Step[] } {
  const runs = parts.stop !== 'never' && parts.service !== null
  const replaces = parts.stop === 'replace'
  // What replaces containers cannot know what the new one does to its data at its start.
  const changesData = parts.migrate.length > 0 || (replaces && parts.backups.length > 0)
  const stops = runs && (!replaces || changesData || parts.restore.length > 0)
  const switching = runs && !stops ? parts.stopped.map(whileRunning) : parts.stopped
  const migrations = parts.migrate.map((step, i) => ({
    ...step,
    restore: i === 0 ? restoresOf(parts.backups) : [],
  }))
  const steps: Step[] = [
    ...parts.room,
    ...parts.checksBefore,
    ...(parts.download === null ? [] : [parts.download.step]),
    ...parts.before,
    ...parts.prepare,
    ...parts.settle,
    ...parts.backups.map((backup) => backupStep(backup, 'before')),
    ...(runs ? guardSteps(parts) : []),
    ...(stops ? [serviceStep(parts, 'stop')] : []),
    ...(runs && !stops ? [whileRunning(reviveStep(parts))] : []),
    ...(changesData ? parts.backups.map((backup) => backupStep(backup, 'stopped')) : []),
    ...(replaces && changesData ? [protectStep(parts.backups)] : []),
    ...parts.restore.map(restoreStep),
    ...(parts.migratesLast === true ? [...switching, ...migrations] : [...migrations, ...switching]),
    ...(runs ? [serviceStep(parts, 'start')] : []),
    ...parts.checksAfter,
    ...soakSteps(parts),
  ]
  return {
    steps: [...steps, ...(changesData ? copySteps(parts.backups) : []), ...parts.cleanup, removeRunDir(parts)],
    commitAfter: steps.length - 1,
    back: parts.checksBack,
  }
}

function backupStep(backup: BackupPart, phase: 'before' | 'stopped'): Step {
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
function copySteps(backups: readonly BackupPart[]): readonly Step[] {
  return backups.flatMap(({ detail, final, copies }) =>
    copies.length === 0 ? [] : [{ kind: 'copy-backup', phase: 'cleanup', detail, backup: final, copies }],
  )
}

function restoreStep(restore: RestoreRef): Step {
  return { kind: 'restore', phase: 'stopped', detail: `data from ${restore.backup.dir}`, restore }
}

/** Where nothing is stopped beforehand, what comes before the start is no outage. */
function whileRunning(step: Step): Step {
  return { ...step, phase: 'before' }
}

function protectStep(backups: readonly BackupPart[]): Step {
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
function soakSteps(parts: Parts): readonly Step[] {
  if (parts.soakMs <= 0) return []
  return [
    { kind: 'soak', phase: 'after', detail: `${Math.round(parts.soakMs / 1000)} s`, ms: parts.soakMs },
    ...parts.checksAfter,
  ]
}

function removeRunDir({ runDir }: Parts): Step {
  return { kind: 'remove', phase: 'cleanup', detail: 'temporary files', path: runDir }
}

/** What a check is about, whatever it asks. */
export type CheckSubject = Omit<CheckStep, 'kind' | 'phase' | 'detail' | 'check'>

export function checkStep(check: Spec, phase: Phase, detail: string, subject: CheckSubject): CheckStep {
  return { kind: 'check', phase, detail, check, ...subject }
}
