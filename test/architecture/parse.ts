import { type ModuleExportName, parseSync, type Program, Visitor } from 'oxc-parser'
import { stateFaults, type Place } from './state.ts'

export interface Import {
  readonly specifier: string
  /** The names taken; `*` for a namespace, a whole re-export or a dynamic import. */
  readonly names: readonly string[]
  /** Erased before it runs. It still counts for ranks: knowing a shape is depending on it. */
  readonly typeOnly: boolean
  readonly line: number
}

export interface Module {
  /** From the root of the clone, with `/`. */
  readonly file: string
  readonly imports: readonly Import[]
  readonly state: readonly Place[]
  /** Reads of the clock, of chance and of the process around it, which pure code does not make. */
  readonly impure: readonly Place[]
}

const impureGlobals: ReadonlySet<string> = new Set([
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'console',
  'crypto',
  'globalThis',
])
const impureMembers: ReadonlySet<string> = new Set(['Date.now', 'Math.random'])

export function parseModule(file: string, text: string): Module {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors.map((error) => error.message).join('; ')}`)
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  return {
    file,
    imports: findImports(program, lineOf),
    state: stateFaults(program).map((place) => ({ ...place, at: lineOf(place.at) })),
    impure: findImpure(program).map((place) => ({ ...place, at: lineOf(place.at) })),
  }
}

function nameOf(node: ModuleExportName): string {
  return node.type === 'Literal' ? node.value : node.name
}

function findImports(program: Program, lineOf: (offset: number) => number): Import[] {
  const found: Import[] = []
  const add = (specifier: string, names: string[], typeOnly: boolean, offset: number) =>
    found.push({ specifier, names, typeOnly, line: lineOf(offset) })
  new Visitor({
    ImportDeclaration(node) {
      const typeOnly = node.importKind === 'type'
      const names = node.specifiers.map((one) => {
        if (one.type === 'ImportSpecifier') return nameOf(one.imported)
        return one.type === 'ImportDefaultSpecifier' ? 'default' : '*'
      })
      const erased =
        node.specifiers.length > 0 &&
        node.specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type')
      add(node.source.value, names, typeOnly || erased, node.start)
    },
    ExportNamedDeclaration(node) {
      if (node.source === null) return
      const names = node.specifiers.map((one) => nameOf(one.local))
      const erased = node.specifiers.length > 0 && node.specifiers.every((one) => one.exportKind === 'type')
      add(node.source.value, names, node.exportKind === 'type' || erased, node.start)
    },
    ExportAllDeclaration(node) {
      add(node.source.value, ['*'], node.exportKind === 'type', node.start)
    },
    ImportExpression(node) {
      const { source } = node
      if (source.type === 'Literal' && typeof source.value === 'string') add(source.value, ['*'], false, node.start)
      // A path built at run time could reach anything; the rules below cannot see where it leads.
      else add('(computed)', ['*'], false, node.start)
    },
    TSImportType(node) {
      add(node.source.value, ['*'], true, node.start)
    },
  }).visit(program)
  return found
}

function findImpure(program: Program): Place[] {
  const found: Place[] = []
  const properties = new Set<number>()
  new Visitor({
    MemberExpression(node) {
      if (!node.computed) properties.add(node.property.start)
      if (node.computed || node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return
      const name = `${node.object.name}.${node.property.name}`
      if (impureMembers.has(name)) found.push({ at: node.start, what: name })
    },
    Property(node) {
      if (!node.computed && !node.shorthand) properties.add(node.key.start)
    },
    TSPropertySignature(node) {
      properties.add(node.key.start)
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
        found.push({ at: node.start, what: 'new Date()' })
      }
    },
    Identifier(node) {
      if (impureGlobals.has(node.name) && !properties.has(node.start)) found.push({ at: node.start, what: node.name })
    },
  }).visit(program)
  return found
}
