export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** The language a person chose before, else the first one of the browser's that there is. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [chosen ?? '', ...preferred].map((tag) => tag.slice(0, 2).toLowerCase())
  return wanted.map((tag) => languages.find((one) => one === tag)).find((one) => one !== undefined) ?? 'en'
}
