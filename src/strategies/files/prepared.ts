import { basename, dirname, join } from 'node:path'
import type { KeepFolderStep, RemoveStep } from '../../core/plan/step.ts'
import { lstatOrNull } from '../../host/tree/stat.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import type { FilesConfig } from './schema.ts'

/** What keeps the folders that `prepare` works in as they are, for the way back. */
export interface Prepared {
  readonly before: readonly KeepFolderStep[]
  readonly stopped: readonly KeepFolderStep[]
  readonly cleanup: readonly RemoveStep[]
}

export async function preparedFolders(
  config: FilesConfig,
  { run }: StrategyContext,
  changes: boolean,
): Promise<Prepared> {
  const wanted = changes && config.prepare.length > 0 ? config.prepared : []
  const found = await Promise.all(
    wanted.map(async (folder) => {
      const path = join(config.path, folder)
      return (await lstatOrNull(path))?.isDirectory() === true ? [path] : []
    }),
  )
  const folders = found.flat().map((path) => ({ path, kept: join(dirname(path), `.${basename(path)}~${run}`) }))
  return {
    before: folders.map((folder) => ({ kind: 'keep-folder', phase: 'before', detail: folder.path, ...folder })),
    stopped: folders.map((folder) => ({ kind: 'bring-back', phase: 'stopped', detail: folder.path, ...folder })),
    cleanup: folders.map(({ kept }) => ({ kind: 'remove', phase: 'cleanup', detail: kept, path: kept })),
  }
}
