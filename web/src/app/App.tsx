import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { createClient } from '../api/client.ts'
import { createConnection } from '../api/connection.ts'
import { isLoginNeeded, Unreachable } from '../api/problem.ts'
import { sessionQuery } from '../api/queries.ts'
import type { Session } from '../api/types.ts'
import { type Language, pickLanguage } from '../i18n/language.ts'
import { Toasts } from '../ui/Toast.tsx'
import { AppContext } from './context.ts'
import { browserPreferences, pickTheme, type Theme } from './preferences.ts'
import { createPageRouter } from './router.tsx'

/** Made once per page: what everything is asked through. */
function createParts() {
  const preferences = browserPreferences(() => globalThis.localStorage)
  const firstLanguage = pickLanguage(preferences.get('language'), navigator.languages)
  document.documentElement.lang = firstLanguage
  const queries = new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        // The agent may be on this very machine: the internet says nothing about it.
        networkMode: 'always',
        staleTime: 10_000,
        retry: (count, error) => error instanceof Unreachable && count < 2,
      },
      mutations: { networkMode: 'always' },
    },
  })
  const session = () => queries.getQueryData<Session>(['session'])
  const hasUser = () => (session()?.user ?? null) !== null
  const language = () => document.documentElement.lang
  const api = createClient({
    fetch: globalThis.fetch.bind(globalThis),
    language,
    csrf: () => session()?.csrf ?? null,
    failed(error) {
      // The session ended: the login is shown in place. A wrong password is told where it was typed.
      if (isLoginNeeded(error) && hasUser()) void queries.invalidateQueries({ queryKey: ['session'] })
    },
  })
  void queries.query(sessionQuery(api)).catch(() => null)
  return { firstLanguage, preferences, queries, api, connection: createConnection(), router: createPageRouter() }
}

export function Root() {
  const [parts] = useState(createParts)
  const { firstLanguage, preferences, queries, api, connection, router } = parts
  const [language, setLanguage] = useState(firstLanguage)
  const [theme, setTheme] = useState(() => pickTheme(preferences.get('theme')))
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
  const app = useMemo(
    () => ({
      api,
      connection,
      language,
      setLanguage(next: Language) {
        preferences.set('language', next)
        document.documentElement.lang = next
        setLanguage(next)
        void queries.invalidateQueries()
      },
      theme,
      setTheme(next: Theme) {
        preferences.set('theme', next)
        setTheme(next)
      },
    }),
    [api, connection, language, theme, preferences, queries],
  )
  return (
    <AppContext.Provider value={app}>
      <QueryClientProvider client={queries}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </QueryClientProvider>
    </AppContext.Provider>
  )
}
