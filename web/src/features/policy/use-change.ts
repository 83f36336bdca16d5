import { useMutation, useQueryClient } from '@tanstack/react-query'
import { path } from '../../api/client.ts'
import { settingsQuery } from '../../api/queries.ts'
import type { SettingsView } from '../../api/types.ts'
import { useApi } from '../../app/context.ts'
import { changeOf, type PolicyForm } from './change.ts'

/**
 * Changes when a component is checked and updated. Sent with the mark of the settings that were looked at, so that what
 * somebody else changed meanwhile is never written over: then it is refused, and said.
 */
export function usePolicyChange(name: string, onSaved: () => void) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    async mutationFn({ settings, wanted }: { readonly settings: SettingsView; readonly wanted: PolicyForm }) {
      const own = settings.components[name]
      const change = own === undefined ? {} : changeOf(own, wanted)
      if (Object.keys(change).length === 0) return settings
      const body = { components: { [name]: change } }
      return (await api.ask<SettingsView>('PUT', path('settings'), { body, ifMatch: settings.etag })).body
    },
    onSuccess(settings) {
      queries.setQueryData(settingsQuery(api).queryKey, settings)
      void queries.invalidateQueries({ queryKey: ['components'] })
      onSaved()
    },
    // It may be that somebody changed it meanwhile: what holds now is shown.
    onError: () => void queries.invalidateQueries({ queryKey: ['settings'] }),
  })
}
