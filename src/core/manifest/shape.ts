import { type ManifestPath, type Reason, reason } from './facts.ts'

/** Limits on what was read, before anything else looks at it: so much work at most is done for any manifest. */
const depthMax = 12
const keysMax = 100
const entriesMax = 200
const partsMax = 5000

/** The first place where it is larger than any manifest is; null: it is not. */
export function shapeReason(value: unknown): Reason | null {
  return measure(value, [], { parts: 0 })
}

function measure(value: unknown, path: ManifestPath, count: { parts: number }): Reason | null {
  count.parts += 1
  if (count.parts > partsMax) return reason(path, `there are more than ${partsMax} parts in this`)
  if (typeof value !== 'object' || value === null) return null
  if (path.length > depthMax) return reason(path, 'this is nested too deeply')
  const list = Array.isArray(value)
  const parts: readonly (readonly [string | number, unknown])[] = list ? [...value.entries()] : Object.entries(value)
  const most = list ? entriesMax : keysMax
  if (parts.length > most)
    return reason(path, `at most ${most} ${list ? 'entries' : 'keys'}, and there are ${parts.length}`)
  for (const [key, part] of parts) {
    const wrong = measure(part, [...path, key], count)
    if (wrong !== null) return wrong
  }
  return null
}
