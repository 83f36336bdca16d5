import type { Language } from '../protocol/messages/render.ts'

/** English, unless the header prefers German. */
export function languageOf(headers: Headers): Language {
  const wishes = (headers.get('accept-language') ?? '').slice(0, 200).split(',')
  const weight = (language: string) =>
    Math.max(0, ...wishes.filter((wish) => wish.trim().toLowerCase().startsWith(language)).map(weightOf))
  return weight('de') > weight('en') ? 'de' : 'en'
}

function weightOf(wish: string): number {
  const found = /;\s*q=(\d(?:\.\d+)?)/.exec(wish)
  return found === null ? 1 : Number(found[1])
}
