import { posix } from 'node:path'
import { requirementRing } from '../../../core/plan/order.ts'
import { componentName } from '../names.ts'
import type { Reasoned } from './advice.ts'
import { type ComposeFile, type ContainerFacts, isDunebugger, isDunebuggerRemote } from './facts.ts'

/** Two services of one name get the names of their folders, too. */
export function ownNames(containers: readonly ContainerFacts[]): readonly ContainerFacts[] {
  const taken = new Set<string>()
  return containers.map((each) => {
    const folder = posix.basename(posix.dirname(each.files[0]))
    let name = taken.has(each.name) ? componentName(`${folder}-${each.name}`) : each.name
    for (let count = 2; taken.has(name); count++)
      name = componentName(`${folder}-${each.name}`.slice(0, 60)) + `-${count}`
    taken.add(name)
    const aliases = each.aliases.filter((alias) => !taken.has(alias))
    for (const alias of aliases) taken.add(alias)
    return { ...each, name, aliases }
  })
}

/** Names of containers and services become those of components. A ring is left open, and said. */
export function related(
  containers: readonly ContainerFacts[],
  files: readonly ComposeFile[],
): { readonly containers: readonly ContainerFacts[]; readonly notes: readonly string[] } {
  const resolve = (name: string, from: ContainerFacts): string | null => {
    const called = (each: ContainerFacts) => {
      const services = files.find(({ files: [first] }) => first === each.files[0])?.text.services ?? []
      return [each.service, services.find((one) => one.name === each.service)?.containerName ?? null]
    }
    const near = containers.filter((each) => each.files[0] === from.files[0])
    return [...near, ...containers].find((each) => called(each).includes(name) && each !== from)?.name ?? null
  }
  const remote = containers.find(isDunebuggerRemote)
  const notes: string[] = []
  const edges = new Map<string, readonly string[]>(containers.map(({ name }) => [name, []]))
  const resolved = containers.map((each): ContainerFacts => {
    const wanted = [
      ...each.requires.flatMap(({ value, why }) => {
        const name = resolve(value, each)
        if (name === null)
          notes.push(`${each.service}: Watchtower's depends-on names ${value}, which is not in this file`)
        return name === null ? [] : [{ value: name, why }]
      }),
      ...(remote !== undefined && each !== remote && isDunebugger(each.image)
        ? [{ value: remote.name, why: 'DuneBugger updates remote first' }]
        : []),
    ]
    const requires: Reasoned<string>[] = []
    for (const one of wanted.filter(({ value }, at, all) => all.findIndex((other) => other.value === value) === at)) {
      const more = [...(edges.get(each.name) ?? []), one.value]
      if (requirementRing(new Map([...edges, [each.name, more]])) === null) {
        edges.set(each.name, more)
        requires.push(one)
      } else notes.push(`${each.name} and ${one.value} would require each other: choose which one is updated first`)
    }
    const startsAfter = each.startsAfter.flatMap((name) => resolve(name, each) ?? [])
    return {
      ...each,
      requires,
      startsAfter: startsAfter.filter((name) => !requires.some(({ value }) => value === name)),
    }
  })
  return { containers: resolved, notes }
}
