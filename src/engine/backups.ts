import type { Spec } from '../core/model/names.ts'
import { BelayError, fail, type Problem, problemOf } from '../core/model/problem.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { BackupRef, RestoreRef } from '../core/plan/step.ts'
import { discardBy } from '../ports/adapters.ts'
import type { BackupItem } from '../ports/engine.ts'
import type { FoundBackup } from '../ports/host.ts'
import { noPhases } from '../ports/strategy.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import { backupPlaces, type Opened } from './component.ts'
import { makePlan } from './planning.ts'
import type { EnginePorts } from './ports.ts'

export async function backupsOf(ports: EnginePorts, settings: ComponentSettings): Promise<readonly BackupItem[]> {
  return (await found(ports, settings)).map(itemOf)
}

/** By hand: every `data` of the component, online. */
export async function createBackup(
  ports: EnginePorts,
  opened: Opened,
  signal: AbortSignal,
): Promise<readonly BackupItem[]> {
  const { settings, context, installed, name } = opened
  if (settings.data.length === 0) {
    throw fail('E_USAGE', `${name} has no data: in the config, so there is nothing to back up.`, {
      hint: 'Name it, for example: data: [ { type: path, path: /srv/app/data } ].',
    })
  }
  const sizes = await Promise.all(settings.data.map(async (data) => (await ports.adapters.backup(data)).needBytes()))
  const place = await ports.host.backupPlace(
    backupPlaces(ports, settings),
    sizes.reduce((sum, size) => sum + size, 0),
    installed.tree === null ? [] : [installed.tree],
  )
  const made = new Map<string, readonly string[]>()
  for (const [i, data] of settings.data.entries()) {
    const dir = ports.join(place, name, `${context.run}-${i}`)
    const ref = { component: name, data, dir }
    const backup = await ports.adapters.backup(data)
    const { notes = [] } = await backup.create({ ref, version: installed.version, run: null, signal })
    made.set(dir, [...notes, ...(await copyAll(ports, settings, dir))])
  }
  return (await found(ports, settings)).flatMap((one) => {
    const notes = made.get(one.dir)
    return notes === undefined ? [] : [{ ...itemOf(one), ...(notes.length === 0 ? {} : { notes }) }]
  })
}

/** The backup stands, whatever becomes of its copies. Gives what failed. */
async function copyAll(ports: EnginePorts, { backups, name }: ComponentSettings, dir: string): Promise<string[]> {
  const failed: string[] = []
  for (const place of backups.copies) {
    await ports.host
      .copyBackup(dir, place, name)
      .catch((error: unknown) => failed.push(`No copy of the backup in ${place}: ${problemOf(error).message}`))
  }
  return failed
}

/** Data as a backup holds it, as a journaled run: the service stops, the present data is kept aside. */
export async function planRestore(ports: EnginePorts, opened: Opened, id: string): Promise<Plan> {
  const backups = await found(ports, opened.settings)
  const same = backups.filter((one) => one.id === id)
  const backup = await firstGood(ports, opened, same)
  if (backup === null) {
    throw fail('E_BACKUP_MISSING', `There is no backup ${id} of ${opened.name}.`, {
      hint:
        backups.length === 0
          ? 'None was made yet: belay backups create.'
          : `There is: ${[...new Set(backups.map((one) => one.id))].join(', ')}.`,
    })
  }
  const restore = await restoreRef(ports, backup.ref, `${backup.ref.dir}.aside~${opened.context.run}`)
  const adapter = await ports.adapters.backup(backup.ref.data)
  const phases = { ...noPhases, needBytes: backup.found.record.bytes, paths: adapter.paths }
  return makePlan(ports, opened, phases, {
    action: 'restore',
    to: opened.installed.version,
    release: null,
    sourceDescribe: null,
    restore: [restore],
    backsUp: false,
  })
}

/** What a step `restore` needs. */
export async function restoreRef(ports: EnginePorts, backup: BackupRef, aside: string): Promise<RestoreRef> {
  const kept = await (await ports.adapters.backup(backup.data)).keptAs(aside)
  return { backup, aside, ...(kept === null ? {} : { kept }) }
}

/**
 * The backup itself; where it is gone or damaged, a copy of it in another place. The last problem of one that is there is
 * thrown when none is good; null: there is none.
 */
export async function firstGood(
  ports: EnginePorts,
  { settings, name }: Opened,
  same: readonly FoundBackup[],
): Promise<{ readonly found: FoundBackup; readonly ref: BackupRef } | null> {
  let problem: Problem | null = null
  for (const one of same) {
    const data = await dataOf(ports, settings, one)
    const ref: BackupRef = { component: name, data, dir: one.dir }
    try {
      await (await ports.adapters.backup(data)).verify(ref)
      return { found: one, ref }
    } catch (error) {
      problem = problemOf(error)
    }
  }
  if (problem !== null) throw new BelayError(problem)
  return null
}

/** The data that the config still names; a backup of something else is not put anywhere. */
async function dataOf(ports: EnginePorts, settings: ComponentSettings, { record, id }: FoundBackup): Promise<Spec> {
  for (const spec of settings.data.filter(({ type }) => type === record.kind)) {
    if ((await ports.adapters.backup(spec)).source === record.source) return spec
  }
  throw fail(
    'E_BACKUP_MISSING',
    `${id} is a backup of ${record.kind} ${record.source}, which the config no longer names.`,
    {
      hint: 'Put it back under data: in the config, then try again.',
    },
  )
}

export async function pruneBackups(
  ports: EnginePorts,
  settings: ComponentSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { keep, keepForMs } = settings.backups
  const discard = discardBy(ports.adapters, settings.data, signal)
  const places = allPlaces(ports, settings)
  const pruned = await Promise.all(
    places.map((place) => ports.host.pruneBackups(place, settings.name, { keep, keepForMs }, discard)),
  )
  const failed = pruned.flatMap((one) => one.failed)
  if (failed.length === 0) return [...new Set(pruned.flatMap((one) => one.removed))]
  throw fail('E_BACKUP_FAILED', `Not every backup that is too old could be removed. ${failed.join('; ')}`, {
    hint: 'Mend what it says, then run it again.',
    facts: { failed },
  })
}

function allPlaces(ports: EnginePorts, settings: ComponentSettings): readonly string[] {
  return [...new Set([...backupPlaces(ports, settings), ...settings.backups.copies])]
}

/** Of one id, the backup itself comes before its copies. */
export async function found(ports: EnginePorts, settings: ComponentSettings): Promise<readonly FoundBackup[]> {
  const places = allPlaces(ports, settings)
  return (await Promise.all(places.map((place) => ports.host.listBackups(place, settings.name)))).flat()
}

function itemOf({ id, place, record }: FoundBackup): BackupItem {
  const { component, kind, source, created, version, run, bytes } = record
  return { id, component, kind, source, created, version, run, bytes, place }
}
