import { type Document, isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Scalar as Node } from 'yaml'
import { fail } from '../../core/model/problem.ts'
import type { Quote, Scalar } from './scalar.ts'

/** What one file says of a service. `image` may stand elsewhere in the file: behind an alias or in what is merged in. */
export interface ServiceText {
  readonly image: Scalar | null
  /** `file` as it is written; null: this very file. */
  readonly extends: { readonly service: string; readonly file: string | null } | null
}

/** `path` is several when the first is overridden by the others. All as written. */
export interface IncludeText {
  readonly path: readonly string[]
  readonly directory: string | null
  readonly envFiles: readonly string[] | null
}

export interface ComposeText {
  /** Of the project, as written. */
  readonly name: string | null
  readonly services: ReadonlyMap<string, ServiceText>
  readonly includes: readonly IncludeText[]
}

/** A node, and the document that its aliases point into. */
interface At {
  readonly node: unknown
  readonly doc: Document
}

const servicesMax = 1000
/** Aliases of aliases, and maps merged into maps that are merged. */
const depthMax = 20

/** E_COMPOSE_IMAGE: no YAML that one scalar could be changed in, whatever a compose program makes of it. */
export function readComposeText(text: string, path = 'the compose file'): ComposeText {
  const services = new Map<string, ServiceText>()
  const includes: IncludeText[] = []
  let name: string | null = null
  // A later document of a file goes over the earlier ones.
  for (const doc of documentsOf(text, path)) {
    const root = { node: doc.contents, doc }
    name = textOf(entry(root, 'name')) ?? name
    for (const [key, service] of pairsOf(entry(root, 'services'))) {
      if (services.size >= servicesMax) throw unreadable(path, `it has more than ${servicesMax} services`)
      const before = services.get(key)
      const image = scalarOf(entry(service, 'image'), text, path) ?? before?.image ?? null
      services.set(key, { image, extends: extendsOf(service) ?? before?.extends ?? null })
    }
    for (const one of itemsOf(entry(root, 'include'))) includes.push(includeOf(one))
  }
  return { name, services, includes }
}

/** The scalar that says the image of a service in this very text; null: it has none of its own. */
export function imageScalar(text: string, service: string, path?: string): Scalar | null {
  return readComposeText(text, path).services.get(service)?.image ?? null
}

function documentsOf(text: string, path: string): readonly Document[] {
  try {
    // docker-compose takes the last of two equal keys, and `docker compose` refuses them before they come here.
    const docs = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, version: '1.2', logLevel: 'silent' })
    if (!Array.isArray(docs)) return []
    const fault = docs.flatMap((doc) => doc.errors)[0]
    if (fault !== undefined) {
      const line = text.slice(0, fault.pos[0]).split('\n').length
      throw unreadable(path, `line ${line}: ${fault.message.split('\n')[0] ?? fault.code}`)
    }
    return docs
  } catch (error) {
    // The parser recurses: a file made to exhaust it.
    if (error instanceof RangeError) throw unreadable(path, 'it is nested too deeply')
    throw error
  }
}

function unreadable(path: string, why: string): Error {
  return fail('E_COMPOSE_IMAGE', `${path} cannot be edited: ${why.slice(0, 200)}`, {
    hint: 'Write it as plain YAML 1.2: "docker compose config" shows how.',
  })
}

function resolved({ node, doc }: At, depth = 0): At {
  return isAlias(node) && depth < depthMax ? resolved({ node: node.resolve(doc), doc }, depth + 1) : { node, doc }
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : ''
}

/** The value of a key. Of equal keys the last counts; a key of its own goes before those that `<<` merges in. */
function entry(at: At | undefined, key: string, depth = 0): At | undefined {
  if (at === undefined || depth > depthMax) return undefined
  const { node, doc } = resolved(at)
  if (!isMap(node)) return undefined
  const own = node.items.findLast((pair) => nameOf(pair.key) === key)
  if (own !== undefined) return { node: own.value, doc }
  for (const merge of node.items.toReversed()) {
    if (nameOf(merge.key) !== '<<') continue
    const found = sources({ node: merge.value, doc }).map((source) => entry(source, key, depth + 1))
    const first = found.find((value) => value !== undefined)
    if (first !== undefined) return first
  }
  return undefined
}

/** What `<<` merges in: one map, or a list of them, of which the first that has a key counts. */
function sources(at: At): readonly At[] {
  const { node, doc } = resolved(at)
  return isSeq(node) ? node.items.map((item) => ({ node: item, doc })) : [{ node, doc }]
}

function* pairsOf(at: At | undefined): Generator<[string, At]> {
  if (at === undefined) return
  const { node, doc } = resolved(at)
  if (!isMap(node)) return
  for (const { key, value } of node.items) {
    if (nameOf(key) !== '<<') yield [nameOf(key), { node: value, doc }]
    else for (const source of sources({ node: value, doc }).toReversed()) yield* pairsOf(source)
  }
}

function itemsOf(at: At | undefined): readonly At[] {
  if (at === undefined) return []
  const { node, doc } = resolved(at)
  return isSeq(node) ? node.items.map((item) => ({ node: item, doc })) : []
}

function textOf(at: At | undefined): string | null {
  const node = at === undefined ? null : resolved(at).node
  return isScalar(node) && typeof node.value === 'string' ? node.value : null
}

function textsOf(at: At | undefined): readonly string[] | null {
  const one = textOf(at)
  const items = itemsOf(at)
  return one !== null ? [one] : items.length > 0 ? items.flatMap((item) => textOf(item) ?? []) : null
}

function extendsOf(service: At): ServiceText['extends'] {
  const at = entry(service, 'extends')
  const name = textOf(at) ?? textOf(entry(at, 'service'))
  return name === null ? null : { service: name, file: textOf(entry(at, 'file')) }
}

function includeOf(item: At): IncludeText {
  const one = textOf(item)
  if (one !== null) return { path: [one], directory: null, envFiles: null }
  const path = textsOf(entry(item, 'path')) ?? []
  return { path, directory: textOf(entry(item, 'project_directory')), envFiles: textsOf(entry(item, 'env_file')) }
}

const quotes: Readonly<Record<string, Quote>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
}

function scalarOf(at: At | undefined, text: string, path: string): Scalar | null {
  const node = at === undefined ? null : resolved(at).node
  if (!isScalar(node) || typeof node.value !== 'string' || node.value.trim() === '') return null
  // `!reset` takes away what another file says, and what stands behind it is no image.
  if (node.tag !== undefined && !node.tag.endsWith(':str')) return null
  const quote = quotes[node.type ?? ''] ?? 'plain'
  const range = quote === 'block' ? lineOfBlock(node, text, path) : rangeOf(node)
  return { value: node.value.trim(), source: text.slice(...range), range, quote }
}

function rangeOf(node: Node): readonly [number, number] {
  const [start, end] = node.range ?? [0, 0]
  return [start, end]
}

function lineOfBlock(node: Node, text: string, path: string): readonly [number, number] {
  const [start, end] = rangeOf(node)
  const value = String(node.value).trim()
  const at = text.indexOf(value, text.indexOf('\n', start))
  if (at === -1 || at + value.length > end) throw unreadable(path, 'an image is written over several lines')
  return [at, at + value.length]
}
