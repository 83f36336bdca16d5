import type { HoldReason } from '../model/release.ts'
import { parseVersion } from '../version/compare.ts'
import { inRange, parseRange } from '../version/range.ts'
import type { Scheme } from '../version/scheme.ts'

export interface InstalledVersion {
  readonly version: string | null
  readonly scheme: Scheme
}

/**
 * The first requirement that what is installed does not meet. A version that cannot be read, or that the range is not
 * written for, does not meet it.
 */
export function unmetRequirement(
  requires: Readonly<Record<string, string>>,
  installed: ReadonlyMap<string, InstalledVersion>,
): HoldReason | null {
  for (const [component, range] of Object.entries(requires)) {
    const found = installed.get(component)
    if (found === undefined || !meets(found, range)) {
      return { kind: 'requires', component, range, found: found?.version ?? null }
    }
  }
  return null
}

function meets(found: InstalledVersion, text: string): boolean {
  const version = found.version === null ? null : parseVersion(found.version, found.scheme)
  const range = parseRange(text, found.scheme)
  return version !== null && range !== null && inRange(version, range)
}

/**
 * Components so that each follows what it requires, otherwise in the given order. Names outside of `requires` are
 * passed over. `cycle`: the names that require each other in a ring, the first one repeated at the end.
 */
export function requiredOrder(
  requires: ReadonlyMap<string, readonly string[]>,
): { readonly order: readonly string[] } | { readonly cycle: readonly string[] } {
  const order: string[] = []
  const visit = (name: string, above: readonly string[]): readonly string[] | null => {
    if (above.includes(name)) return [...above.slice(above.indexOf(name)), name]
    if (order.includes(name)) return null
    for (const needed of requires.get(name) ?? []) {
      const cycle = requires.has(needed) ? visit(needed, [...above, name]) : null
      if (cycle !== null) return cycle
    }
    order.push(name)
    return null
  }
  for (const name of requires.keys()) {
    const cycle = visit(name, [])
    if (cycle !== null) return { cycle }
  }
  return { order }
}
