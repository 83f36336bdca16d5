import type { z } from 'zod'
import { nearest } from '../../core/model/nearest.ts'
import { type Finding, isMap, type Path } from './finding.ts'
import { aboutOf, childOf, choices, knownKeys, unwrap } from './shape.ts'

const wordCharsMax = 64

/** Every key that the schema does not know, however deep, whether or not the schema itself would refuse it. */
export function unknownKeys(schema: z.core.$ZodType, value: unknown, path: Path = []): readonly Finding[] {
  const here = unwrap(schema, value)
  if (Array.isArray(value)) {
    return value.flatMap((entry, index) => inside(here, index, entry, [...path, index]))
  }
  if (!isMap(value)) return []
  const known = knownKeys(here)
  return Object.entries(value).flatMap(([key, entry]) => {
    if (known === null || known.includes(key)) return inside(here, key, entry, [...path, key])
    return [{ path: [...path, key], at: 'key' as const, message: unknownKey(here, key, known) }]
  })
}

function inside(schema: z.core.$ZodType, key: string | number, value: unknown, path: Path): readonly Finding[] {
  const child = childOf(schema, key)
  return child === null ? [] : unknownKeys(child, value, path)
}

function unknownKey(schema: z.core.$ZodType, key: string, known: readonly string[]): string {
  if (key === '<<') return 'keys cannot be merged in with <<. Write them out'
  const meant = nearest(key.slice(0, wordCharsMax), known)
  if (meant === null) return `unknown key. Known here: ${known.join(', ')}`
  const child = childOf(schema, meant)
  return `unknown key. Did you mean ${meant}?${child !== null && (choices(child)?.length ?? 0) > 1 ? aboutOf(child) : ''}`
}
