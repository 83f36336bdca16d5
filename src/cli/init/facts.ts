import type { ToolNotes } from './compose/advice.ts'
import type { ContainerFacts, LeftOut } from './compose/facts.ts'

/** What is known about one application before there is a config. null: not known, the config says so in a comment. */
export interface ComponentFacts {
  readonly name: string
  readonly github: { readonly repo: string; readonly asset: string; readonly prereleases: boolean } | null
  readonly path: string | null
  readonly unit: string | null
  readonly user: string | null
  /** Patterns of files inside the application that belong to its user. */
  readonly preserve: readonly string[]
}

export interface StarterFacts {
  readonly components: readonly ComponentFacts[]
  readonly containers: readonly ContainerFacts[]
  readonly leftOut: readonly LeftOut[]
  readonly tools: readonly ToolNotes[]
  /** How often the sources are asked, and why so. */
  readonly check: { readonly every: string; readonly why: string } | null
  readonly backupPath: string | null
  /** The files that the facts were read from. */
  readonly readFrom: readonly string[]
  /** Compose files that another file speaks of. */
  readonly elsewhere: readonly string[]
  /** What was found and has no place in the config. */
  readonly notes: readonly string[]
}

export const noFacts: StarterFacts = {
  components: [],
  containers: [],
  leftOut: [],
  tools: [],
  check: null,
  backupPath: null,
  readFrom: [],
  elsewhere: [],
  notes: [],
}

/** Facts of several files about the same application become one: its unit runs in its path, or above it. */
export function joinFacts(all: readonly StarterFacts[]): StarterFacts {
  return all.reduce(
    (sum, next) => ({
      components: next.components.reduce(addComponent, sum.components),
      containers: [...sum.containers, ...next.containers],
      leftOut: [...sum.leftOut, ...next.leftOut],
      tools: [...sum.tools, ...next.tools],
      check: sum.check ?? next.check,
      backupPath: sum.backupPath ?? next.backupPath,
      readFrom: [...sum.readFrom, ...next.readFrom],
      elsewhere: [...sum.elsewhere, ...next.elsewhere],
      notes: [...sum.notes, ...next.notes],
    }),
    noFacts,
  )
}

function addComponent(known: readonly ComponentFacts[], next: ComponentFacts): readonly ComponentFacts[] {
  const at = known.findIndex((each) => sameApplication(each, next))
  const same = known[at]
  if (same === undefined) return [...known, next]
  const [first, second] = same.github === null ? [next, same] : [same, next]
  const joined: ComponentFacts = {
    name: first.name,
    github: first.github ?? second.github,
    path: first.path ?? second.path,
    unit: same.unit ?? next.unit,
    user: same.user ?? next.user,
    preserve: [...new Set([...same.preserve, ...next.preserve])],
  }
  return known.with(at, joined)
}

function sameApplication(a: ComponentFacts, b: ComponentFacts): boolean {
  if (a.unit !== null && b.unit !== null) return a.unit === b.unit
  if (a.path === null || b.path === null) return a.name === b.name
  return within(a.path, b.path) || within(b.path, a.path)
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
