import { z } from 'zod'
import { schemes } from '../../core/version/scheme.ts'
import { configSchema, type Kinds } from './schema.ts'
import type { KindSchemas } from './spec.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/**
 * The JSON Schema (2020-12) of a config file, for editors. It describes what is written, not what it becomes, and what
 * no schema of this kind can say (ranges, names that must differ) is left to `belay validate`.
 */
export function configJsonSchema(kinds: Kinds): JsonSchema {
  const schema = toJson(configSchema(kinds))
  return { ...schema, title: 'belay.yaml', $id: 'belay.schema.json' }
}

/** What schemas leave in their metadata for this file alone. */
interface Marks {
  /** A kind that Belay makes itself and nobody writes. */
  readonly internal?: boolean
  readonly kinds?: () => KindSchemas
  readonly forms?: () => { readonly probes: KindSchemas; readonly withScheme: boolean }
}

function toJson(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { kinds, forms } = (z.globalRegistry.get(zodSchema) ?? {}) as Marks
      if (kinds === undefined && forms === undefined) return
      for (const key of ['kinds', 'forms', 'type', 'properties', 'required', 'additionalProperties']) {
        Reflect.deleteProperty(jsonSchema, key)
      }
      if (kinds !== undefined) jsonSchema['oneOf'] = written(kinds()).map(oneKind)
      if (forms !== undefined) jsonSchema['oneOf'] = probeForms(forms())
    },
  })
}

function written(kinds: KindSchemas): readonly z.ZodType[] {
  const marks = (schema: z.ZodType) => (z.globalRegistry.get(schema) ?? {}) as Marks
  return Object.values(kinds).filter((schema) => marks(schema).internal !== true)
}

/** A schema inside of another one names no dialect of its own. */
function oneKind(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = toJson(schema)
  return rest
}

/** In a file, a probe's kind is told by its key: `{file: VERSION}`, not `{type: file, file: VERSION}`. */
function probeForms({ probes, withScheme }: ReturnType<NonNullable<Marks['forms']>>): JsonSchema[] {
  const description = 'How the project counts its versions. Left out: semver; commits and digests need none.'
  const scheme = withScheme ? { scheme: { enum: [...schemes], description } } : {}
  return written(probes).map((schema) => {
    const { required = [], properties = {}, ...rest } = oneKind(schema)
    return { ...rest, properties: { ...properties, ...scheme }, required: required.filter((key) => key !== 'type') }
  })
}
