import type { ProblemCode } from '../../core/model/codes.ts'
import type { Facts, Problem } from '../../core/model/problem.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import type { Message, Messages } from './message.ts'
import { generalWords } from './notice-words.ts'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

export function render(
  code: ProblemCode,
  facts: Facts,
  language: Language,
): Message & { readonly facts: readonly string[] } {
  return { ...messagesIn(language)[code], facts: factLines(facts) }
}

/**
 * What to tell a person. English has the precise words of whoever found the problem; other languages have the
 * general ones and the facts.
 */
export function told(problem: ToldPart, language: Language): Message & { readonly facts: readonly string[] } {
  const general = messagesIn(language)[problem.code]
  switch (language) {
    case 'en':
      return { title: problem.message, hint: problem.hint ?? general.hint, facts: [] }
    case 'de':
      return { ...general, facts: factLines(problem.facts) }
  }
}

/** The same problem in that language: where its own words cannot stand, its facts follow the general ones. */
export function problemIn<P extends ToldPart>(problem: P, language: Language): P {
  switch (language) {
    case 'en':
      return problem
    case 'de': {
      const { title, hint, facts } = told(problem, language)
      return { ...problem, message: withFacts(title, facts), hint }
    }
  }
}

/** The same for what was kept without facts. A code of another version of belay keeps its own words. */
export function briefIn<P extends Brief>(problem: P, language: Language): P {
  const words = language === 'en' ? null : generalWords(messagesIn(language), problem.code)
  return words === null ? problem : { ...problem, message: words.title, hint: words.hint }
}

interface Brief {
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

type ToldPart = Pick<Problem, 'code' | 'message' | 'hint' | 'facts'>

function withFacts(title: string, facts: readonly string[]): string {
  const short = facts.filter((fact) => fact.length <= factCharsMax && !fact.includes('\n'))
  return short.length === 0 ? title : `${title} (${short.join(', ')})`
}

const factCharsMax = 120

export function messagesIn(language: Language): Messages {
  switch (language) {
    case 'en':
      return en
    case 'de':
      return de
  }
}

const factLinesMax = 8

/** Only what fits a line: logs and lists have their own place. */
function factLines(facts: Facts): readonly string[] {
  return Object.entries(facts)
    .flatMap(([key, value]) => (value === null || typeof value === 'object' ? [] : [`${key}: ${value}`]))
    .slice(0, factLinesMax)
}
