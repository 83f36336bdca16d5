import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Path } from '../../protocol/config/finding.ts'

export interface Place {
  readonly line: number
  readonly column: number
}

export interface SyntaxFault extends Place {
  readonly message: string
}

export interface ReadYaml {
  readonly value: unknown
  /** The nearest thing that stands in the file: of a missing key, what should hold it. */
  readonly placeOf: (path: Path, at: 'key' | 'value') => Place
}

const aliasesMax = 100
const faultsMax = 10

/** YAML 1.2, one document, text keys, no keys twice, no tags, few aliases. `aliases`: how often one may be used. */
export function readYaml(text: string, aliases = aliasesMax): ReadYaml | { readonly faults: readonly SyntaxFault[] } {
  const lines = new LineCounter()
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const first: Place = { line: 1, column: 1 }
  try {
    const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, version: '1.2' })
    const faults = [...doc.errors, ...doc.warnings].map((error) => ({ ...at(error.pos[0]), message: faultOf(error) }))
    if (faults.length > 0) return { faults: oncePerLine(faults) }
    const wrong = wrongAlias(doc)
    if (wrong !== null) return { faults: [{ ...at(wrong.offset), message: wrong.message }] }
    return { value: doc.toJS({ maxAliasCount: aliases }), placeOf: (path, which) => at(offsetOf(doc, path, which)) }
  } catch (error) {
    // The parser recurses, and gives up on aliases that multiply: both are files made to exhaust it.
    if (error instanceof RangeError) return { faults: [{ ...first, message: 'this is nested too deeply' }] }
    if (error instanceof ReferenceError) return { faults: [{ ...first, message: 'this uses too many aliases' }] }
    throw error
  }
}

function oncePerLine(faults: readonly SyntaxFault[]): readonly SyntaxFault[] {
  return faults
    .filter(({ line }, index) => faults.findIndex((other) => other.line === line) === index)
    .slice(0, faultsMax)
}

const known: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is here twice. Keep one of the two',
  TAB_AS_INDENT: 'a tab in the indentation. Use blanks',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon in this line. Put the text in quotes, or begin a new line',
  MULTIPLE_DOCS: 'a second document begins here (---). Keep one',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  NON_STRING_KEY: 'a key must be plain text',
}

function faultOf({ code, message }: YAMLError): string {
  const text = message.split('\n')[0] ?? ''
  return known[code] ?? `this is not YAML: ${text.slice(0, 1).toLowerCase()}${text.slice(1, 200)}`
}

/** An alias that leads nowhere, or back to what it stands in: such a value would have no end. */
function wrongAlias(doc: Document): { readonly offset: number; readonly message: string } | null {
  let found: { readonly offset: number; readonly message: string } | null = null
  visit(doc, {
    Alias(_, alias, parents) {
      const meant = alias.resolve(doc)
      if (meant !== undefined && !parents.some((parent) => parent === meant)) return undefined
      const message =
        meant === undefined
          ? `there is no anchor &${alias.source}`
          : `*${alias.source} stands in &${alias.source} itself`
      found = { offset: alias.range?.[0] ?? 0, message }
      return visit.BREAK
    },
  })
  return found
}

function offsetOf(doc: Document, path: Path, which: 'key' | 'value'): number {
  let node: unknown = doc.contents
  let [key, value] = [startOf(node), startOf(node)]
  for (const name of path) {
    const inside = isAlias(node) ? node.resolve(doc) : node
    const pair = isMap(inside) ? pairOf(inside.items, String(name)) : undefined
    node = isSeq(inside) ? inside.items[Number(name)] : pair?.value
    if (pair === undefined && node === undefined) break
    key = startOf(pair?.key ?? node) ?? key
    value = isScalar(node) && node.source === '' ? key : (startOf(node) ?? key)
  }
  return (which === 'key' ? key : value) ?? 0
}

function pairOf(pairs: readonly Pair[], name: string): Pair | undefined {
  return pairs.find(({ key }) => String(isScalar(key) ? key.value : key) === name)
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null
}
