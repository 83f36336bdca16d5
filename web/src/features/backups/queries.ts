import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import type { backupItemSchema, backupListSchema, prunedSchema } from '../../../../src/protocol/api/records.ts'
import { type Api, path } from '../../api/client.ts'

export type BackupItem = Readonly<z.infer<typeof backupItemSchema>>
type BackupList = Readonly<z.infer<typeof backupListSchema>>

export function backupsQuery(api: Api, component?: string) {
  return queryOptions({
    queryKey: ['backups', component ?? null],
    queryFn: async ({ signal }) =>
      (await api.get<BackupList>(path('backups'), { signal, query: { component } })).backups,
  })
}

export async function createBackup(api: Api, component: string): Promise<number> {
  return (await api.post<BackupList>(path('components', component, 'backups'))).backups.length
}

/** How many were removed. */
export async function pruneBackups(api: Api, component: string): Promise<number> {
  const { removed } = await api.post<z.infer<typeof prunedSchema>>(path('components', component, 'backups', 'prune'))
  return removed.length
}
