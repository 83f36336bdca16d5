/** What one part of the benches found. */
export interface Section {
  readonly part: string
  readonly title: string
  /** Sentences: what was compared with what, and how. */
  readonly about: string
  readonly goals: readonly Goal[]
  /** Further lines of Markdown, such as a table of single steps. */
  readonly more?: readonly string[]
}

/** `value` is held against `most`; the rest is told beside it. */
export interface Goal {
  readonly what: string
  readonly ours: string
  readonly theirs: string
  readonly value: number
  readonly most: number
  /** `×` or `MB`. */
  readonly unit: string
}

export function isMet(goal: Goal): boolean {
  return goal.value <= goal.most
}

const amount = (value: number, unit: string) => (unit === '×' ? `${value.toFixed(2)}×` : `${Math.round(value)} ${unit}`)

export function sectionLines({ title, about, goals, more = [] }: Section): readonly string[] {
  const rows = goals.map(
    (goal) =>
      `| ${goal.what} | ${goal.ours} | ${goal.theirs} | **${amount(goal.value, goal.unit)}** | ≤ ${amount(goal.most, goal.unit)} | ${isMet(goal) ? 'met' : 'missed'} |`,
  )
  const head = ['', '| | Belay | beside it | measured | goal | |', '|---|---|---|---|---|---|']
  return [
    `## ${title}`,
    '',
    about,
    ...(rows.length === 0 ? [] : [...head, ...rows]),
    ...(more.length === 0 ? [] : ['', ...more]),
  ]
}
