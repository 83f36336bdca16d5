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

/** Facts of several files about the same application become one. */
export function joinFacts(all: readonly StarterFacts[]): StarterFacts {
  const sum = all.reduce(
    (before, next) => ({
      components: next.components.reduce(addComponent, before.components),
      containers: [...before.containers, ...next.containers],
      leftOut: [...before.leftOut, ...next.leftOut],
      tools: [...before.tools, ...next.tools],
      check: before.check ?? next.check,
      readFrom: unique([...before.readFrom, ...next.readFrom]),
      elsewhere: unique([...before.elsewhere, ...next.elsewhere]),
      notes: unique([...before.notes, ...next.notes]),
    }),
    noFacts,
  )
  return { ...sum, components: ownNames(sum) }
}

function addComponent(known: readonly ComponentFacts[], next: ComponentFacts): readonly ComponentFacts[] {
  const at = known.findIndex((each) => sameApplication(each, next))
  const same = known[at]
  return same === undefined ? [...known, next] : known.with(at, joined(same, next))
}

/** Who recognized the application is believed first. */
function joined(a: ComponentFacts, b: ComponentFacts): ComponentFacts {
  const [first, second] = b.known && !a.known ? [b, a] : [a, b]
  return {
    name: first.name,
    known: first.known,
    aliases: unique([...first.aliases, ...second.aliases]),
    ways: [...first.ways, ...second.ways],
    path: (first.absent && !second.absent ? second.path : null) ?? first.path ?? second.path,
    absent: first.absent && second.absent,
    layout: first.layout ?? second.layout,
    unit: first.unit ?? second.unit,
    user: first.user ?? second.user,
    preserve: unique([...first.preserve, ...second.preserve]),
    protect: unique([...first.protect, ...second.protect]),
    make: first.make.length > 0 ? first.make : second.make,
    prepare: first.prepare.length > 0 ? first.prepare : second.prepare,
    migrate: first.migrate.length > 0 ? first.migrate : second.migrate,
    version: first.version ?? second.version,
    buildDate: first.buildDate ?? second.buildDate,
    data: first.data.length > 0 ? first.data : second.data,
    auto: first.auto ?? second.auto,
    window: first.window ?? second.window,
    every: first.every ?? second.every,
    keep: first.keep ?? second.keep,
    backupPath: first.backupPath ?? second.backupPath,
    requires: first.requires ?? second.requires,
    health: first.health ?? second.health,
    notes: unique([...first.notes, ...second.notes]),
  }
}

function sameApplication(a: ComponentFacts, b: ComponentFacts): boolean {
  if (a.unit !== null && b.unit !== null) return a.unit === b.unit
  if (a.path === null || b.path === null) return a.name === b.name
  // A unit that was copied from the host that it is for, beside the application itself.
  if (a.absent !== b.absent && a.name === b.name) return true
  // Two that were recognized are two, also where one lies in the other's folder.
  if (a.known && b.known && a.name !== b.name) return false
  return within(a.path, b.path) || within(b.path, a.path)
}

export function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Set(all)]
}

/** Names and aliases are one set for all components. */
function ownNames({
  components,
  containers,
}: Pick<StarterFacts, 'components' | 'containers'>): readonly ComponentFacts[] {
  const taken = new Set(containers.flatMap(({ name, aliases }) => [name, ...aliases]))
  const named = components.map((each) => {
    let name = each.name
    for (let count = 2; taken.has(name); count++) name = `${each.name.slice(0, 60)}-${count}`
    taken.add(name)
    return { ...each, name }
  })
  return named.map((each) => {
    const aliases = each.aliases.filter((alias) => !taken.has(alias))
    for (const alias of aliases) taken.add(alias)
    return { ...each, aliases }
  })
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
