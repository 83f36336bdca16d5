import type { Spec } from '../core/model/names.ts'
import { fail } from '../core/model/problem.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { RestoreRef } from '../core/plan/step.ts'
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
  const made: string[] = []
  for (const [i, data] of settings.data.entries()) {
    const dir = ports.join(place, name, `${context.run}-${i}`)
    await (await ports.adapters.backup(data)).create({
      ref: { component: name, data, dir },
      version: installed.version,
      run: null,
      signal,
    })
    made.push(dir)
  }
  return (await found(ports, settings)).filter((backup) => made.includes(backup.dir)).map(itemOf)
}

/** Data as a backup holds it, as a journaled run: the service stops, the present data is kept aside. */
export async function planRestore(ports: EnginePorts, opened: Opened, id: string): Promise<Plan> {
  const backups = await found(ports, opened.settings)
  const backup = backups.find((one) => one.id === id)
  if (backup === undefined) {
    throw fail('E_BACKUP_MISSING', `There is no backup ${id} of ${opened.name}.`, {
      hint:
        backups.length === 0
          ? 'None was made yet: belay backups create.'
          : `There is: ${backups.map((one) => one.id).join(', ')}.`,
    })
  }
  const data = dataOf(opened.settings, backup)
  const ref = { component: opened.name, data, dir: backup.dir }
  const adapter = await ports.adapters.backup(data)
  await adapter.verify(ref)
  const restore: RestoreRef = { backup: ref, aside: `${backup.dir}.aside~${opened.context.run}` }
  const phases = { ...noPhases, needBytes: backup.record.bytes, paths: adapter.paths }
  return makePlan(ports, opened, phases, {
    action: 'restore',
    to: opened.installed.version,
    release: null,
    sourceDescribe: null,
    restore: [restore],
    backsUp: false,
  })
}

/** The data that the config still names; a backup of something else is not put anywhere. */
function dataOf(settings: ComponentSettings, { record, id }: FoundBackup): Spec {
  const data = settings.data.find(
    (spec) => spec.type === record.kind && (spec['path'] ?? spec['name']) === record.source,
  )
  if (data !== undefined) return data
  throw fail(
    'E_BACKUP_MISSING',
    `${id} is a backup of ${record.kind} ${record.source}, which the config no longer names.`,
    {
      hint: 'Put it back under data: in the config, then try again.',
    },
  )
}

export async function pruneBackups(ports: EnginePorts, settings: ComponentSettings): Promise<readonly string[]> {
  const places = backupPlaces(ports, settings)
  const removed = await Promise.all(
    places.map((place) => ports.host.pruneBackups(place, settings.name, settings.backups.keep)),
  )
  return removed.flat()
}

async function found(ports: EnginePorts, settings: ComponentSettings): Promise<readonly FoundBackup[]> {
  const places = [...backupPlaces(ports, settings), ...settings.backups.copies]
  return (await Promise.all(places.map((place) => ports.host.listBackups(place, settings.name)))).flat()
}

function itemOf({ id, place, record }: FoundBackup): BackupItem {
  const { component, kind, source, created, version, run, bytes } = record
  return { id, component, kind, source, created, version, run, bytes, place }
}
