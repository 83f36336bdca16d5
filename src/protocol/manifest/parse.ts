import type { Reason } from '../../core/manifest/facts.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { shapeReason } from '../../core/manifest/shape.ts'
import { textReasons } from '../../core/manifest/texts.ts'
import { nearest } from '../../core/model/nearest.ts'
import { found, isMap } from '../config/finding.ts'
import { checked } from '../config/translate.ts'
import { entrySchemas, headSchema } from './schema.ts'

/** What was read as a manifest, or every reason why it is none. */
export function parseManifest(
  value: unknown,
): { readonly manifest: Manifest } | { readonly reasons: readonly Reason[] } {
  if (!isMap(value))
    return { reasons: [{ path: [], at: 'value', message: `expected a map of keys, found ${found(value)}` }] }
  const large = shapeReason(value)
  if (large !== null) return { reasons: [large] }
  const texts = textReasons(value)
  const head = checked(headSchema(), value)
  const lists = Object.entries(entrySchemas()).map(([list, kinds]) => entriesOf(list, value[list], kinds))
  const told = new Set(texts.map(({ path }) => path.join('\n')))
  const reasons = [
    ...texts,
    ...[...('wrong' in head ? head.wrong : []).map(withOtherName), ...lists.flatMap((list) => list.reasons)].filter(
      ({ path }) => !told.has(path.join('\n')),
    ),
  ]
  if (reasons.length > 0 || 'wrong' in head) return { reasons }
  const [pre, update, post, rollback] = lists.map((list) => list.entries)
  // Each entry went through the schema of its own kind.
  return {
    manifest: {
      ...head.value,
      pre_update_checks: pre,
      update_steps: update,
      post_update_checks: post,
      rollback_steps: rollback,
    } as unknown as Manifest,
  }
}

interface Kinds {
  readonly tag: 'type' | 'action'
  readonly kinds: ReadonlyMap<string, Parameters<typeof checked>[0]>
}

function entriesOf(list: string, value: unknown, kinds: Kinds): { entries: unknown[]; reasons: Reason[] } {
  const entries: unknown[] = []
  const reasons: Reason[] = []
  for (const [index, entry] of (Array.isArray(value) ? value.slice(0, 100) : []).entries()) {
    const result = entryOf(entry, kinds)
    if ('value' in result) entries.push(result.value)
    else reasons.push(...result.wrong.map((one) => ({ ...one, path: [list, index, ...one.path] })))
  }
  return { entries, reasons }
}

function entryOf(entry: unknown, { tag, kinds }: Kinds) {
  const kind = isMap(entry) && Object.hasOwn(entry, tag) ? entry[tag] : undefined
  const schema = typeof kind === 'string' ? kinds.get(kind) : undefined
  return schema === undefined ? { wrong: [unknownEntry(entry, kind, tag, [...kinds.keys()])] } : checked(schema, entry)
}

function unknownEntry(entry: unknown, kind: unknown, tag: string, known: readonly string[]): Reason {
  const list = known.join(', ')
  if (!isMap(entry)) return { path: [], at: 'value', message: `expected a map with ${tag}, found ${found(entry)}` }
  if (kind === undefined) return { path: [], at: 'key', message: `${tag} is missing: one of ${list}` }
  const meant = typeof kind === 'string' ? nearest(kind.slice(0, 64), known) : null
  const hint = meant === null ? `Write one of ${list}` : `Did you mean ${meant}?`
  return { path: [tag], at: 'value', message: `${found(kind)} is not known here. ${hint}` }
}

/** As the lists are called in manifests of other updaters. */
const otherNames: Readonly<Record<string, string>> = {
  pre_checks: 'pre_update_checks',
  post_checks: 'post_update_checks',
  steps: 'update_steps',
  rollback: 'rollback_steps',
}

function withOtherName(reason: Reason): Reason {
  const key = reason.path.length === 1 ? String(reason.path[0]) : ''
  const meant = Object.hasOwn(otherNames, key) ? otherNames[key] : undefined
  return meant === undefined || !reason.message.startsWith('unknown key')
    ? reason
    : { ...reason, message: `unknown key. Write ${meant}` }
}
