import { queryOptions } from '@tanstack/react-query'
import { type Api, path } from './client.ts'
import type {
  ComponentDetails,
  ComponentList,
  Hint,
  RunList,
  RunView,
  Session,
  SettingsView,
  VersionList,
} from './types.ts'

/**
 * What is kept of the agent's answers. The first part of a key names its subject: a hint of the agent makes everything of
 * that subject stale (`staleAfter`). Everything is asked for anew in another language, for texts come from the agent.
 */
export function sessionQuery(api: Api) {
  return queryOptions({
    queryKey: ['session'],
    queryFn: async ({ signal }) => api.get<Session>(path('session'), { signal }),
    staleTime: 60_000,
  })
}

export function componentsQuery(api: Api) {
  return queryOptions({
    queryKey: ['components'],
    queryFn: async ({ signal }) => (await api.get<ComponentList>(path('components'), { signal })).components,
  })
}

export function componentQuery(api: Api, name: string) {
  return queryOptions({
    queryKey: ['components', name],
    queryFn: async ({ signal }) => api.get<ComponentDetails>(path('components', name), { signal }),
  })
}

export function versionsQuery(api: Api, name: string) {
  return queryOptions({
    queryKey: ['components', name, 'versions'],
    queryFn: async ({ signal }) => api.get<VersionList>(path('components', name, 'versions'), { signal }),
  })
}

export function runsQuery(api: Api, filter: { readonly component?: string; readonly limit: number }) {
  return queryOptions({
    queryKey: ['runs', filter],
    queryFn: async ({ signal }) => api.get<RunList>(path('runs'), { signal, query: filter }),
  })
}

export function runQuery(api: Api, run: string) {
  return queryOptions({
    queryKey: ['runs', run],
    queryFn: async ({ signal }) => api.get<RunView>(path('runs', run), { signal }),
    // An answer that was long on its way is older than what came by the stream meanwhile.
    structuralSharing: (before: unknown, now: unknown) => (isOlder(now, before) ? before : now),
  })
}

function isOlder(now: unknown, before: unknown): boolean {
  return before !== undefined && (now as RunView).seq < (before as RunView).seq
}

export function settingsQuery(api: Api) {
  return queryOptions({
    queryKey: ['settings'],
    queryFn: async ({ signal }) => api.get<SettingsView>(path('settings'), { signal }),
  })
}

/** The subjects that are others than before when the agent tells of a kind. */
export const staleAfter: Readonly<Record<Hint['kind'], readonly string[]>> = {
  components: ['components'],
  runs: ['runs', 'components', 'backups', 'notifications', 'audit'],
  notifications: ['notifications', 'components'],
  settings: ['settings', 'components', 'channels', 'audit'],
  // It comes with each connection, too: anything may have happened before it.
  agent: ['session', 'components', 'runs', 'settings', 'notifications', 'backups', 'host', 'channels', 'audit'],
}
