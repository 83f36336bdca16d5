import type { RunId } from '../core/model/names.ts'
import { fail } from '../core/model/problem.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { BackupRef, RestoreRef, Step, StepOf } from '../core/plan/step.ts'
import { fold } from '../core/run/fold.ts'
import { sameVersion } from '../core/version/compare.ts'
import type { RollbackOptions } from '../ports/engine.ts'
import type { RunSummary } from '../ports/journal.ts'
import type { Installed, KeptVersion } from '../ports/strategy.ts'
import type { FoundBackup } from '../ports/host.ts'
import { firstGood, found, restoreRef } from './backups.ts'
import type { Opened } from './component.ts'
import { failedBefore } from './failed-before.ts'
import { findRelease } from './find.ts'
import { manifestOf } from './manifest.ts'
import { accepted, makePlan } from './planning.ts'
import type { EnginePorts } from './ports.ts'
import { planTo } from './update.ts'

/** Back to the last good version, or to any kept or still published one. Reads only. */
export async function planRollback(
  ports: EnginePorts,
  opened: Opened,
  options: RollbackOptions,
  signal: AbortSignal,
): Promise<Plan> {
  if (opened.installed.tree === null) {
    throw fail('E_NOT_INSTALLED', `${opened.name} is not installed, so there is nothing to go back from.`, {
      hint: `Install it: belay update ${opened.name}.`,
    })
  }
  const runs = (await ports.journal.runs({ component: opened.name, limit: 200 })).filter(
    (run) => run.outcome === 'committed',
  )
  const bad = options.to === undefined ? await failedBefore(ports, opened.name) : []
  const wanted = options.to ?? previousVersion(runs, opened, bad)
  const kept = findKept(opened, wanted, bad)
  const target = kept?.version ?? wanted
  const restore = await dataChoice(ports, opened, runs, target, options)
  if (kept === null) {
    if (wanted === null) throw noWayBack(opened, bad)
    return published(ports, opened, wanted, restore, signal)
  }
  const phases = accepted(await opened.strategy.back(opened.installed, kept, opened.context))
  return makePlan(ports, opened, phases, {
    action: 'rollback',
    to: kept.version,
    release: null,
    sourceDescribe: null,
    restore,
    backsUp: false,
  })
}

type PutBack = Awaited<ReturnType<typeof failedBefore>>

/** What the newest update that led here came from: a way back that led here came from what was not good. */
function previousVersion(runs: readonly RunSummary[], { installed }: Opened, bad: PutBack): string | null {
  const led = runs.find(({ action, to }) => action !== 'rollback' && to !== null && to === installed.version)
  return led?.from ?? installed.kept.find(isGood(installed, bad))?.version ?? null
}

/** A strategy may keep what is installed once more, and what cannot be told may be anything. */
function isGood(installed: Installed, bad: PutBack): (kept: KeptVersion) => boolean {
  return ({ version }) =>
    version === null || (version !== installed.version && bad.every((one) => one.version !== version))
}

function findKept({ installed, settings }: Opened, wanted: string | null, bad: PutBack): KeptVersion | null {
  const { scheme } = settings.version
  const same = installed.kept.find(
    (kept) => wanted !== null && kept.version !== null && sameVersion(kept.version, wanted, scheme),
  )
  return (
    same ?? (wanted === null || wanted === 'unknown' ? (installed.kept.find(isGood(installed, bad)) ?? null) : null)
  )
}

function noWayBack({ name, installed }: Opened, bad: PutBack): Error {
  const [left] = installed.kept.flatMap((kept) => bad.filter(({ version }) => version === kept.version))
  return left === undefined
    ? fail('E_NO_WAY_BACK', `No earlier version of ${name} is kept here.`, {
        hint: `Name one that is still published: belay rollback ${name} --to VERSION.`,
      })
    : fail(
        'E_NO_WAY_BACK',
        `No earlier version of ${name} is kept here but ${left.version}, which ${left.run} put back.`,
        {
          hint: `Name it, if that is what you want: belay rollback ${name} --to ${left.version}.`,
        },
      )
}

async function published(
  ports: EnginePorts,
  opened: Opened,
  wanted: string,
  restore: readonly RestoreRef[],
  signal: AbortSignal,
): Promise<Plan> {
  const { decision, source } = await findRelease(ports, opened, { force: true, to: wanted, override: 'now', signal })
  if (decision.kind === 'current') {
    throw fail('E_NO_WAY_BACK', `${wanted} is what is installed.`, {
      hint: `See what there is: belay status ${opened.name}.`,
    })
  }
  const manifest = await manifestOf(ports, opened, source, decision.release, signal)
  const plan = await planTo(ports, opened, decision.release, source.describe, 'rollback', manifest, signal)
  if (restore.length === 0) return plan
  throw fail(
    'E_DATA_CHOICE',
    `Data can be restored only together with a version that is kept here, and ${wanted} is not.`,
    {
      hint: 'Go back with --keep-data, then restore the data with "belay backups restore".',
    },
  )
}

/**
 * Going back keeps data, unless a migration lies between: an older version on migrated data is a gamble that only a
 * person may take. Gives what is to be restored: the backup taken before the first migration on the way.
 */
async function dataChoice(
  ports: EnginePorts,
  opened: Opened,
  runs: readonly RunSummary[],
  target: string | null,
  options: RollbackOptions,
): Promise<readonly RestoreRef[]> {
  const migrated = await migrationsSince(ports, runs, target)
  const first = migrated.at(-1)
  if (first === undefined) {
    if (options.data !== 'restore') return []
    throw fail(
      'E_BACKUP_MISSING',
      'Nothing between the two versions touched the data, so no backup belongs to the older one.',
      {
        hint: 'Go back without --restore-data, or restore one by hand: belay backups list.',
      },
    )
  }
  if (options.data === 'keep') return []
  if (options.data === undefined) {
    throw fail(
      'E_DATA_CHOICE',
      first.by === 'migrate'
        ? `${first.run} migrated the data of ${opened.name}: the older version may not be able to read it.`
        : `What ${first.run} started may have migrated the data of ${opened.name}: the older version may not be able to read it.`,
      {
        hint: `Say --restore-data (data as of ${new Date(first.at).toISOString()}; what was written since is kept aside) or --keep-data.`,
        facts: { run: first.run, backup_age_ms: ports.clock.now() - first.at },
      },
    )
  }
  const backups = await found(ports, opened.settings)
  return Promise.all(
    first.restore.map(async ({ backup }, i) => {
      const ref = await standing(ports, opened, backup, backups)
      return restoreRef(ports, ref, `${ref.dir}.aside~${opened.context.run}-${i}`)
    }),
  )
}

/** The very backup; where its place is gone, or it is damaged, a copy of it that is good. */
async function standing(
  ports: EnginePorts,
  opened: Opened,
  backup: BackupRef,
  all: readonly FoundBackup[],
): Promise<BackupRef> {
  const adapter = await ports.adapters.backup(backup.data)
  try {
    await adapter.verify(backup)
    return backup
  } catch (error) {
    const copies = all.filter(({ id, dir }) => dir !== backup.dir && backup.dir.endsWith(`/${id}`))
    const copy = await firstGood(ports, opened, copies).catch(() => null)
    if (copy === null) throw error
    return { ...backup, dir: copy.ref.dir }
  }
}

interface Migration {
  readonly run: RunId
  /** `protect`: an image that may migrate its data by itself, at its start. */
  readonly by: 'migrate' | 'protect'
  readonly at: number
  readonly restore: readonly RestoreRef[]
}

/** After a migration that only expands, the version before can go on with the data as it is. */
function changesData(step: Step): step is StepOf<'migrate' | 'protect'> {
  return step.kind === 'protect' || (step.kind === 'migrate' && step.expands !== true)
}

/** Newest first: the committed runs with a migration, back to the one that left the wanted version. */
async function migrationsSince(
  ports: EnginePorts,
  runs: readonly RunSummary[],
  target: string | null,
): Promise<readonly Migration[]> {
  const found: Migration[] = []
  for (const summary of runs) {
    if (summary.action !== 'update') continue
    const { plan } = fold(await ports.journal.read(summary.run))
    const touching = plan.steps.flatMap((step) => (changesData(step) ? [step] : []))
    const restore = touching.flatMap((step) => step.restore)
    const [first] = touching
    if (first !== undefined)
      found.push({
        run: summary.run,
        by: first.kind === 'protect' ? 'protect' : 'migrate',
        at: summary.openedAt,
        restore,
      })
    if (summary.from === target) break
  }
  return found
}
