import { useId } from 'react'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import type { Language } from '../i18n/language.ts'
import { useApp, useTexts } from './context.ts'
import { type Theme, themes } from './preferences.ts'

const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }

/** Language and appearance: of this browser, not of the account. */
export function Choices() {
  const t = useTexts({ en, de })
  const { language, setLanguage, theme, setTheme } = useApp()
  const id = useId()
  return (
    <div className="choices">
      <label htmlFor={`${id}-language`}>{t.language}</label>
      <select
        id={`${id}-language`}
        className="input input-small"
        value={language}
        onChange={({ target }) => setLanguage(target.value as Language)}
      >
        {Object.entries(languageNames).map(([value, name]) => (
          <option key={value} value={value} lang={value}>
            {name}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-theme`}>{t.theme}</label>
      <select
        id={`${id}-theme`}
        className="input input-small"
        value={theme}
        onChange={({ target }) => setTheme(target.value as Theme)}
      >
        {themes.map((one) => (
          <option key={one} value={one}>
            {t.themes[one]}
          </option>
        ))}
      </select>
    </div>
  )
}
