import type { Language } from '../messages/render.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import type { Words } from './words.ts'

export function wordsIn(language: Language): Words {
  switch (language) {
    case 'en':
      return en
    case 'de':
      return de
  }
}
