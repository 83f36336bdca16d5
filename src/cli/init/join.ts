import { type ComponentFacts, noFacts, type StarterFacts, within } from './facts.ts'

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
