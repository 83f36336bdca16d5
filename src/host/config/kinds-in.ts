import type { Kinds } from '../../protocol/config/schema.ts'

/** The schemas and rules of what a config names; others may be left out. */
export type KindsFor = (used: ReadonlySet<string>) => Promise<Kinds>

/** Every `type` in the config, and every key: a probe is named by its key (`file:`, `command:` …). */
export function kindsIn(value: unknown): ReadonlySet<string> {
  const found = new Set(['none'])
  const look = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return
    for (const [key, inside] of Object.entries(at)) {
      found.add(key)
      if (key === 'type' && typeof inside === 'string') found.add(inside)
      look(inside)
    }
  }
  look(value)
  return found
}
