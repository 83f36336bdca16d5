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
 * written for, does not meet it. `*` is met by whatever is installed: it asks for the order alone, which a container that
 * follows `latest` can give as well.
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
  const range = parseRange(text, found.scheme)
  if (found.version === null || range === null) return false
  if (range.length === 0) return true
  const version = parseVersion(found.version, found.scheme)
  return version !== null && inRange(version, range)
}
