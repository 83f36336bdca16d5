import type { Settings } from '../protocol/settings.ts'

/** The environment variables that a config takes secrets from: `{ env: NAME }`, or a key that ends with `_env`. */
export function environmentSecrets({ agent, components }: Settings): readonly string[] {
  const found = new Set<string>()
  for (const { source, strategy, version, data, checks } of components.values()) {
    collect([source, strategy, version, data, checks], found)
  }
  for (const { spec } of Object.values(agent.notify)) collect(spec, found)
  collect(agent.traces, found)
  return [...found].toSorted()
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && (key === 'env' || key.endsWith('_env'))) found.add(inner)
    else collect(inner, found)
  }
}
