/** Names of components and what each of them requires, in the order of the config. Other names are passed over. */
export type Requirements = ReadonlyMap<string, readonly string[]>

/**
 * Those of `updating` so that each follows all that it requires, also by way of components that are not updated, and
 * otherwise in the order of the config. The config refuses rings; in one, the first of it goes last.
 */
export function updateOrder<Name extends string>(requires: Requirements, updating: readonly Name[]): readonly Name[] {
  const inConfig = [...requires.keys()].flatMap((name) => updating.filter((one) => one === name))
  const order = new Set<Name>()
  const visited = new Set<string>()
  const visit = (name: Name): void => {
    if (visited.has(name)) return
    visited.add(name)
    const needed = reachedFrom(requires, name)
    for (const other of inConfig) if (needed.has(other)) visit(other)
    order.add(name)
  }
  for (const name of inConfig) visit(name)
  return [...order]
}

function reachedFrom(requires: Requirements, start: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const open = [start]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const needed of requires.get(name) ?? []) {
      if (reached.has(needed)) continue
      reached.add(needed)
      open.push(needed)
    }
  }
  return reached
}

/** Names that require each other in a ring, the first one repeated at the end; null: there is no ring. */
export function requirementRing(requires: Requirements): readonly string[] | null {
  const cleared = new Set<string>()
  const visit = (name: string, above: readonly string[]): readonly string[] | null => {
    if (above.includes(name)) return [...above.slice(above.indexOf(name)), name]
    if (cleared.has(name)) return null
    for (const needed of requires.get(name) ?? []) {
      const ring = visit(needed, [...above, name])
      if (ring !== null) return ring
    }
    cleared.add(name)
    return null
  }
  for (const name of requires.keys()) {
    const ring = visit(name, [])
    if (ring !== null) return ring
  }
  return null
}
