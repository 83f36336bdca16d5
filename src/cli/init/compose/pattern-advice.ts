import type { Reasoned } from './advice.ts'
import { type Understood, understandExclude, understandInclude } from './patterns.ts'

interface Patterns {
  readonly include: string | null
  readonly exclude: string | null
  /** What the labels are called: `wud.tag` for `wud.tag.include`. */
  readonly label: string
}

/** Regular expressions over tags as holds, and a sentence for each that is none. */
export function patternAdvice({ include, exclude, label }: Patterns): {
  readonly hold: readonly Reasoned<string>[]
  readonly notes: readonly string[]
} {
  const both = [
    ...(include === null ? [] : [{ what: `${label}.include ${include}`, understood: understandInclude(include) }]),
    ...(exclude === null ? [] : [{ what: `${label}.exclude ${exclude}`, understood: understandExclude(exclude) }]),
  ]
  return {
    hold: both.flatMap(({ what, understood }) =>
      understood?.kind === 'hold' ? understood.hold.map((value) => ({ value, why: what })) : [],
    ),
    notes: both.flatMap(({ what, understood }) => noteOf(what, understood)),
  }
}

function noteOf(what: string, understood: Understood | null): readonly string[] {
  if (understood === null) {
    return [
      `${what}: belay follows no expressions, but tags of the same shape; put versions that you do not want under policy.hold`,
    ]
  }
  return understood.kind === 'same' ? [`${what}: belay does that by itself, it follows tags of the same shape`] : []
}
