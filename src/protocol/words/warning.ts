import type { Language } from '../messages/render.ts'
import { warningsDe } from './warnings-de.ts'

/**
 * A note of a plan or a report: both keep them in English, as they were when it was made. What is not known here (a word
 * of an adapter's program, a note of another version of belay) stays as it is.
 */
export function warningIn(text: string, language: Language): string {
  switch (language) {
    case 'en':
      return text
    case 'de':
      return german(text)
  }
}

function german(text: string): string {
  for (const [pattern, words] of warningsDe) {
    const match = pattern.exec(text)
    if (match !== null) return words.replaceAll(/\{(\d)\}/g, (_, index: string) => more(match[Number(index)] ?? ''))
  }
  return text
}

/** `a, b and 3 more`. */
function more(names: string): string {
  return names.replace(/ and (\d+) more$/, ' und $1 weitere')
}
