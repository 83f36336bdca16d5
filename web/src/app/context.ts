import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Api } from '../api/client.ts'
import type { Connection, ConnectionState } from '../api/connection.ts'
import type { Language } from '../i18n/language.ts'
import type { Theme } from './preferences.ts'

/** What every part of the page may reach. */
export interface App {
  readonly api: Api
  readonly connection: Connection
  readonly language: Language
  readonly setLanguage: (language: Language) => void
  readonly theme: Theme
  readonly setTheme: (theme: Theme) => void
}

export const AppContext = createContext<App | null>(null)

export function useApp(): App {
  const app = useContext(AppContext)
  if (app === null) throw new Error('outside of the page')
  return app
}

export function useApi(): Api {
  return useApp().api
}

/**
 * The texts of a feature in the language of the page: `useTexts({ en, de })`. The German ones are declared `typeof en`, so
 * that a text that is missing does not compile.
 */
export function useTexts<T>(texts: { readonly en: T; readonly de: NoInfer<T> }): T {
  return texts[useApp().language]
}

export function useConnection(): ConnectionState {
  const { connection } = useApp()
  return useSyncExternalStore(
    (listener) => connection.subscribe(listener),
    () => connection.get(),
  )
}
