import { useMutation, useQueryClient } from '@tanstack/react-query'
import { path } from '../../api/client.ts'
import { settingsQuery } from '../../api/queries.ts'
import type { SettingsView } from '../../api/types.ts'
import { useApi } from '../../app/context.ts'

interface SettingsChange {
  /** What was looked at: a change of somebody else since then is never written over. */
  readonly settings: SettingsView
  /** What is sent; asked for at once. */
  readonly body: () => Promise<Readonly<Record<string, unknown>>>
}

export function useSettingsChange(onSaved: () => void) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async ({ settings, body }: SettingsChange) =>
      (await api.ask<SettingsView>('PUT', path('settings'), { body: await body(), ifMatch: settings.etag })).body,
    async onSuccess(settings) {
      queries.setQueryData(settingsQuery(api).queryKey, settings)
      onSaved()
      const stale = ['components', 'channels', 'audit']
      await Promise.all(stale.map(async (subject) => queries.invalidateQueries({ queryKey: [subject] })))
    },
    // Somebody may have changed them meanwhile: what holds now is shown.
    onError: async () => queries.invalidateQueries({ queryKey: ['settings'] }),
  })
}
