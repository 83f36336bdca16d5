/** `system`: as the device is set. */
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** What a person chose in this browser. A browser that keeps nothing loses it with the page, and that is all. */
export interface Preferences {
  get(name: 'language' | 'theme'): string | null
  set(name: 'language' | 'theme', value: string): void
}

export function browserPreferences(storage: () => Storage): Preferences {
  return {
    get(name) {
      try {
        return storage().getItem(`belay.${name}`)
      } catch {
        return null
      }
    },
    set(name, value) {
      try {
        storage().setItem(`belay.${name}`, value)
      } catch {
        // Private windows and blocked storage: it holds as long as the page does.
      }
    },
  }
}

export function pickTheme(chosen: string | null): Theme {
  return themes.find((theme) => theme === chosen) ?? 'system'
}
