import type { ComponentName } from '../core/model/names.ts'
import { fail } from '../core/model/problem.ts'
import { nearest } from '../core/model/nearest.ts'
import type { Settings } from '../protocol/settings.ts'

/** Names and aliases, as people type them. */
export function nameResolver({ components }: Settings): (name: string) => ComponentName {
  const known = new Map<string, ComponentName>()
  for (const [name, { aliases }] of components) {
    known.set(name, name)
    for (const alias of aliases) known.set(alias, name)
  }
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const names = [...components.keys()]
    const close = nearest(name, [...known.keys()])
    throw fail('E_COMPONENT_UNKNOWN', `There is no component "${name}".`, {
      hint:
        close === null
          ? `The config has: ${names.join(', ')}.`
          : `Did you mean ${close}? The config has: ${names.join(', ')}.`,
    })
  }
}
