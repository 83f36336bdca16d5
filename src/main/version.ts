import { createRequire } from 'node:module'

/** Belay's package: two folders up, in the clone and in the packed library alike. */
const described: unknown = createRequire(import.meta.url)('../../package.json')

/** Belay's own version. */
export const version: string = textAt(described, 'version') ?? '0.0.0'

/** The one reader of YAML that this version is pinned to. */
export const yamlVersion: string = textAt(valueOf(described, 'dependencies'), 'yaml') ?? 'unknown'

function valueOf(from: unknown, key: string): unknown {
  return typeof from === 'object' && from !== null ? Reflect.get(from, key) : undefined
}

function textAt(from: unknown, key: string): string | null {
  const value = valueOf(from, key)
  return typeof value === 'string' ? value : null
}
