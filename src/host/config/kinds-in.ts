import type { Kinds } from '../../protocol/config/schema.ts'

/** What a config names: kinds of adapters, and the keys that rules are about. */
export interface Named {
  readonly kinds: ReadonlySet<string>
  readonly keys: ReadonlySet<string>
}

/** The schemas and rules of what a config names; others may be left out. */
export type KindsFor = (named: Named) => Promise<Kinds>

export const nothingNamed: Named = { kinds: new Set(), keys: new Set() }

/** Every key, and as kinds every `type` and, where a probe stands, its keys: one of them is its kind (`file:` …). */
export function kindsIn(value: unknown): Named {
  const [kinds, keys] = [new Set(['none']), new Set<string>()]
  const look = (at: unknown, mayBeProbe: boolean): void => {
    if (typeof at !== 'object' || at === null) return
    for (const [key, inside] of Object.entries(at)) {
      keys.add(key)
      if (mayBeProbe) kinds.add(key)
      if (key === 'type' && typeof inside === 'string') kinds.add(inside)
      look(inside, key === 'version' || key === 'build_date')
    }
  }
  look(value, false)
  return { kinds, keys }
}
