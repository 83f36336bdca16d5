import type { Auto, Reasoned, ToolNotes } from './compose/advice.ts'
import type { ContainerFacts, LeftOut } from './compose/facts.ts'
import type { Value } from './text.ts'

export type Argv = readonly string[]

/** Where new versions of an application can come from. */
export type Origin =
  | {
      readonly kind: 'github'
      readonly repo: string
      readonly asset: string
      readonly prereleases: boolean
      readonly api: string | null
    }
  | { readonly kind: 'gitlab'; readonly project: string; readonly url: string | null; readonly asset: string }
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'github-tree'; readonly repo: string; readonly branch: string | null; readonly api: string | null }
  | { readonly kind: 'oci'; readonly image: string }
  | { readonly kind: 'git'; readonly url: string; readonly ref: string }

/** One of several ways to follow an application. */
export interface Way {
  readonly origin: Origin
  readonly why: string
  /** The heaviest is written, the others stand beside it as comments. */
  readonly weight: number
  /** What a person has to know about this way, or to change. */
  readonly notes: readonly string[]
}

/** An updater that installed from there is followed first; then what the folder itself is; then what is only written down.
 * A guess counts where nothing else is known. */
export const weights = { updater: 30, checkout: 20, written: 10, guess: 0 } as const

/** What is known about one application before there is a config. null: not known, the config says so in a comment. */
export interface ComponentFacts {
  readonly name: string
  /** The application was recognized, and its name is more than that of a unit or folder. */
  readonly known: boolean
  readonly aliases: readonly string[]
  readonly ways: readonly Way[]
  readonly path: string | null
  /** The path is written somewhere and is not on this host. */
  readonly absent: boolean
  /** null: by whether something is there already. */
  readonly layout: 'slots' | 'in-place' | null
  readonly unit: string | null
  readonly user: string | null
  /** Patterns of files inside the application that belong to its user. */
  readonly preserve: readonly string[]
  /** Files that no update may touch, where it follows files one by one. */
  readonly protect: readonly string[]
  /** Commands that a tree needs which is made anew, before those of `prepare`. */
  readonly make: readonly Reasoned<Argv>[]
  readonly prepare: readonly Reasoned<Argv>[]
  readonly migrate: readonly Reasoned<Argv>[]
  readonly version: Reasoned<Value> | null
  readonly buildDate: Reasoned<Value> | null
  readonly data: readonly Reasoned<Value>[]
  readonly auto: Reasoned<Auto> | null
  readonly window: Reasoned<Value> | null
  readonly every: Reasoned<string> | null
  readonly keep: Reasoned<number> | null
  readonly backupPath: string | null
  /** Components that are updated before, and why. */
  readonly requires: Reasoned<string> | null
  /** An address that could tell whether it is well. */
  readonly health: Value | null
  readonly notes: readonly string[]
}

export const noComponent: ComponentFacts = {
  name: 'app',
  known: false,
  aliases: [],
  ways: [],
  path: null,
  absent: false,
  layout: null,
  unit: null,
  user: null,
  preserve: [],
  protect: [],
  make: [],
  prepare: [],
  migrate: [],
  version: null,
  buildDate: null,
  data: [],
  auto: null,
  window: null,
  every: null,
  keep: null,
  backupPath: null,
  requires: null,
  health: null,
  notes: [],
}

export interface StarterFacts {
  readonly components: readonly ComponentFacts[]
  readonly containers: readonly ContainerFacts[]
  readonly leftOut: readonly LeftOut[]
  readonly tools: readonly ToolNotes[]
  /** How often the sources are asked, and why so. */
  readonly check: { readonly every: string; readonly why: string } | null
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
  readFrom: [],
  elsewhere: [],
  notes: [],
}

/** The way that is written, and the others; the first of two that weigh the same. */
export function waysOf({ ways }: ComponentFacts): { readonly chosen: Way | null; readonly others: readonly Way[] } {
  const sorted = ways
    .filter(({ weight }) => weight > weights.guess || ways.every((each) => each.weight === weights.guess))
    .toSorted((a, b) => b.weight - a.weight)
  const different = sorted.filter(
    ({ origin }, at) => sorted.findIndex((other) => JSON.stringify(other.origin) === JSON.stringify(origin)) === at,
  )
  const [chosen = null, ...others] = different
  return { chosen, others }
}

export function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
