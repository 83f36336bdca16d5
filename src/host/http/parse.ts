import type { ZodType } from 'zod'
import { invalid } from './failures.ts'

/** The list in an answer, each element read by `schema`; E_RESPONSE_INVALID names the first place that is wrong. */
export function parseList<T>(json: unknown, schema: ZodType<T>, shownUrl: string, itemsMax = 10_000): readonly T[] {
  if (!Array.isArray(json)) throw invalid(shownUrl, `answers with ${kindOf(json)} instead of a list of releases`)
  if (json.length > itemsMax) throw invalid(shownUrl, `lists ${json.length} releases at once`)
  return json.map((item: unknown, index) => parseItem(item, schema, shownUrl, `[${index}]`))
}

export function parseItem<T>(item: unknown, schema: ZodType<T>, shownUrl: string, place: string): T {
  const read = schema.safeParse(item)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  throw invalid(shownUrl, `answers with something unexpected at ${place}${path}: ${issue?.message ?? 'not valid'}`)
}

export function kindOf(json: unknown): string {
  if (json === null) return 'null'
  if (Array.isArray(json)) return 'a list'
  return typeof json === 'object' ? 'an object' : `a ${typeof json}`
}
