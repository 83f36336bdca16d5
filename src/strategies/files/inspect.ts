import { readdir } from 'node:fs/promises'
import type { ProbeRef, ServiceRef } from '../../core/plan/step.ts'
import { userName } from '../../host/process/identity.ts'
import { lstatOrNull } from '../../host/tree/stat.ts'
import type { Installed, StrategyContext } from '../../ports/strategy.ts'
import { keptVersions } from './kept.ts'
import { backupFolder, placesOf, unknownVersion } from './layout.ts'
import type { FilesConfig } from './schema.ts'

/** What stands at the path now. Its version is what the record says, where the tree agrees with it. */
export async function inspect(config: FilesConfig, context: StrategyContext): Promise<Installed> {
  const { path } = config
  const state = await look(path)
  const own: ServiceRef = { component: context.component, spec: config.service, cwd: path, user: config.user ?? null }
  const running = await context.inspectService(own)
  const user = config.user ?? running.user ?? (await ownerOf(path))
  const { record, stats } = placesOf(context)
  const probe: ProbeRef = {
    component: context.component,
    spec: context.probeSpec.type === 'none' ? { type: 'tree', record, stats } : context.probeSpec,
    dir: path,
    user,
    scheme: context.scheme,
  }
  const installed = state === 'adopted'
  // A tree of unknown origin is another one than the newest commit, and not one that cannot be compared.
  const version = installed ? ((await context.readVersion(probe)) ?? unknownVersion) : null
  const kept = installed ? await keptVersions(path, context) : []
  return {
    state: installed && version !== unknownVersion ? 'in-place' : state,
    version,
    tree: installed ? path : null,
    // What a first installation found is no version: going back to it would take everything away.
    kept: kept.flatMap((one) =>
      one.list.from === null ? [] : [{ version: one.list.from, path: one.dir, since: one.since }],
    ),
    service: config.service.type === 'none' ? null : { ref: { ...own, user }, state: running },
    probe,
    user,
    facts: {},
  }
}

async function look(path: string): Promise<'absent' | 'adopted' | 'foreign'> {
  const found = await lstatOrNull(path)
  if (found === null) return 'absent'
  if (!found.isDirectory()) return 'foreign'
  return (await readdir(path)).some((name) => name !== backupFolder) ? 'adopted' : 'absent'
}

/** null: nobody in particular, whoever runs belay. Only root can give a file to somebody else. */
async function ownerOf(path: string): Promise<string | null> {
  if (process.getuid?.() !== 0) return null
  const found = await lstatOrNull(path)
  if (found === null || found.uid === 0) return null
  return userName(found.uid)
}
