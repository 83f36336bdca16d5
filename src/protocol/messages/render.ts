import type { ProblemCode } from '../../core/model/codes.ts'
import type { Facts, Problem } from '../../core/model/problem.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import type { Message, Messages } from './message.ts'

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
export function told(problem: Problem, language: Language): Message & { readonly facts: readonly string[] } {
  const general = messagesIn(language)[problem.code]
  switch (language) {
    case 'en':
      return { title: problem.message, hint: problem.hint ?? general.hint, facts: [] }
    case 'de':
      return { ...general, facts: factLines(problem.facts) }
  }
}

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
