import { z } from 'zod'
import { nearest } from '../../core/model/nearest.ts'
import type { Spec } from '../../core/model/names.ts'
import type { Json } from '../../core/model/problem.ts'
import { schemes } from '../../core/version/scheme.ts'
import { type Finding, quoted } from './finding.ts'
import { findings } from './translate.ts'

/** A config holds JSON alone: YAML's infinities and the like are refused. Checked by hand, since it is asked of every value. */
const jsonSchema = z.custom<Json>(isJson, 'this cannot be kept as JSON')

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'object' && Object.values(value).every(isJson)
}

/** Schemas of the adapters of one port by kind. Each is an object schema that has `type` as a literal. */
export type KindSchemas = Readonly<Record<string, z.ZodType>>

/**
 * A config of some adapter of a port (`what`: "source", "service" …). Gives the spec as it was written: whoever opens
 * the adapter parses it again, so that what is journaled means the same to every later version.
 */
export function specOf(what: string, kinds: KindSchemas): z.ZodType<Spec> {
  const type = z.string().describe(`one of ${Object.keys(kinds).join(', ')}`)
  return z
    .object({ type })
    .catchall(jsonSchema)
    .superRefine((spec, context) => report(specFindings(what, kinds, spec), context))
    .meta({ title: what, kinds: () => kinds })
}

function specFindings(what: string, kinds: KindSchemas, spec: Spec): readonly Finding[] {
  const schema = Object.hasOwn(kinds, spec.type) ? kinds[spec.type] : undefined
  if (schema !== undefined) return findings(schema, spec)
  const known = Object.keys(kinds)
  const meant = nearest(spec.type.slice(0, 64), known)
  const list = known.join(', ')
  const message = `there is no ${what} of type ${quoted(spec.type)}. `
  const instead = meant === null ? `Known: ${list}` : `Did you mean ${meant}? (${list})`
  return [{ path: ['type'], at: 'value', message: message + instead }]
}

function report(found: readonly Finding[], context: z.core.$RefinementCtx): void {
  for (const { path, at, message } of found)
    context.addIssue({ code: 'custom', path: [...path], message, params: { at } })
}

const probeForms = ['file', 'command', 'http', 'package'] as const

/** How the version (or build date) of what is installed is read, as written: `{file: VERSION}`, `{command: […]}` … */
export type ProbeForm = { readonly [key: string]: Json }

/** `scheme` is allowed for versions alone. */
export function probeOf(probes: KindSchemas, withScheme: boolean): z.ZodType<ProbeForm> {
  const scheme = z.enum(schemes).optional()
  return z
    .object(withScheme ? { scheme } : {})
    .catchall(jsonSchema)
    .superRefine((form, context) => report(probeFindings(probes, form), context))
    .meta({ title: 'version probe', forms: () => ({ probes, withScheme }) })
}

/** The form with its `type`: `{file: VERSION, scheme: semver}` → `{type: file, file: VERSION}`. Nothing named: `none`. */
export function probeSpec(form: ProbeForm): Spec {
  const { scheme: _, ...rest } = form
  const type = typeof form['type'] === 'string' ? form['type'] : probeForms.find((key) => Object.hasOwn(form, key))
  return { ...rest, type: type ?? 'none' }
}

function probeFindings(probes: KindSchemas, form: ProbeForm): readonly Finding[] {
  const { scheme: _, type, ...rest } = form
  const keys = Object.keys(rest)
  const named = probeForms.filter((key) => keys.includes(key))
  if (named.length > 1 && type === undefined) {
    return [{ path: [named[1] ?? ''], at: 'key', message: `${named.join(' and ')} cannot be given together. Keep one` }]
  }
  if (type === undefined && named.length === 0) return keys.map((key) => notAProbe(key))
  return specFindings('version probe', probes, probeSpec(form))
}

function notAProbe(key: string): Finding {
  const meant = nearest(key.slice(0, 64), probeForms)
  const instead = meant === null ? `Write one of ${probeForms.join(', ')}` : `Did you mean ${meant}?`
  return { path: [key], at: 'key', message: `this does not say where the version is read. ${instead}` }
}
