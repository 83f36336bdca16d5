import type { z } from 'zod'
import { isMap, type Path } from './finding.ts'

/** Looks into schemas, so that a message can say what is known at a place. */

type Schema = z.core.$ZodType

function defOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def
}

/** The schema without its wrappers; of a union the member that fits the value best. */
export function unwrap(schema: Schema, value: unknown): Schema {
  const def = defOf(schema)
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return unwrap(def.innerType, value)
    case 'pipe':
      return unwrap(def.in, value)
    case 'lazy':
      return unwrap(def.getter(), value)
    case 'union': {
      const member = bestMember(def.options, value)
      return member === undefined ? schema : unwrap(member, value)
    }
    default:
      return schema
  }
}

function bestMember(members: readonly Schema[], value: unknown): Schema | undefined {
  if (!isMap(value)) return members.find((member) => knownKeys(unwrap(member, value)) === null)
  const keys = Object.keys(value)
  const fit = (member: Schema) => {
    const known = knownKeys(unwrap(member, value)) ?? []
    return keys.filter((key) => known.includes(key)).length
  }
  return members.toSorted((a, b) => fit(b) - fit(a))[0]
}

/** The members of a union, else null. */
export function membersOf(schema: Schema): readonly Schema[] | null {
  const def = defOf(schema)
  if (def.type === 'pipe') return membersOf(def.in)
  if (def.type === 'optional' || def.type === 'default') return membersOf(def.innerType)
  return def.type === 'union' ? def.options : null
}

/** The keys of an unwrapped object schema; null: it is none, or takes any key. */
export function knownKeys(schema: Schema): readonly string[] | null {
  const def = defOf(schema)
  if (def.type !== 'object') return null
  return def.catchall === undefined || defOf(def.catchall).type === 'never' ? Object.keys(def.shape) : null
}

/** What an unwrapped schema says about one key or entry; null: nothing. */
export function childOf(schema: Schema, key: string | number): Schema | null {
  const def = defOf(schema)
  switch (def.type) {
    case 'object':
      return typeof key === 'string' && Object.hasOwn(def.shape, key) ? (def.shape[key] ?? null) : null
    case 'record':
      return def.valueType
    case 'array':
      return def.element
    case 'tuple':
      return (typeof key === 'number' ? def.items[key] : undefined) ?? def.rest ?? null
    default:
      return null
  }
}

export function schemaAt(root: Schema, path: Path, value: unknown): Schema | null {
  let [at, inside]: [Schema | null, unknown] = [root, value]
  for (const key of path) {
    at = at === null ? null : childOf(unwrap(at, inside), key)
    inside = typeof inside === 'object' && inside !== null ? Reflect.get(inside, key) : undefined
  }
  return at
}

/** The words that may be written here; null: it is not such a choice. */
export function choices(schema: Schema): readonly string[] | null {
  const def = defOf(unwrap(schema, ''))
  if (def.type === 'enum') return Object.values(def.entries).map(String)
  return def.type === 'literal' ? def.values.map(String) : null
}

/** ` (slots, in-place)`, or `: what its description says`, or nothing. */
export function aboutOf(schema: z.core.$ZodType | null): string {
  if (schema === null) return ''
  const words = choices(schema)
  if (words !== null && words.length > 1) return ` (${words.join(', ')})`
  const about = 'description' in schema && typeof schema.description === 'string' ? schema.description : null
  return about === null ? '' : `: ${about.slice(0, 1).toLowerCase()}${about.slice(1).replace(/\.$/, '')}`
}
