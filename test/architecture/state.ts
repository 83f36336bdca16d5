import {
  type Directive,
  type Node,
  type Program,
  type Statement,
  type TSType,
  type VariableDeclaration,
  type VariableDeclarator,
  Visitor,
} from 'oxc-parser'

export interface Place {
  /** Offset in the text, or the line once a module has been parsed. */
  readonly at: number
  readonly what: string
}

const collections: ReadonlySet<string> = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array'])
const mutators: ReadonlySet<string> = new Set([
  'set',
  'add',
  'delete',
  'clear',
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
])

/**
 * What a module remembers between calls: state that two callers in one process share without knowing. Found are top-level
 * `let` and `var`, collections whose type allows changing them, static fields that are not readonly, and changes to a
 * top-level constant's content.
 */
export function stateFaults(program: Program): Place[] {
  const declarations = program.body.flatMap(topLevelVariables)
  const variables = declarations.flatMap((declaration) =>
    declaration.kind === 'const'
      ? declaration.declarations.flatMap(collectionFault)
      : [{ at: declaration.start, what: `top-level ${declaration.kind}` }],
  )
  return [...variables, ...contentChanges(program, declarations), ...staticFields(program)]
}

function topLevelVariables(statement: Statement | Directive): VariableDeclaration[] {
  if (statement.type === 'VariableDeclaration') return [statement]
  if (statement.type !== 'ExportNamedDeclaration') return []
  return statement.declaration?.type === 'VariableDeclaration' ? [statement.declaration] : []
}

function collectionFault({ id, init }: VariableDeclarator): Place[] {
  if (id.type !== 'Identifier' || init === null) return []
  if (isReadonlyType(id.typeAnnotation?.typeAnnotation)) return []
  if (init.type === 'NewExpression' && init.callee.type === 'Identifier' && collections.has(init.callee.name)) {
    return [{ at: id.start, what: `${id.name} is a ${init.callee.name}; type it Readonly${init.callee.name}` }]
  }
  // `as const` is another kind of expression, so this is a literal that anyone may push to.
  if (init.type === 'ArrayExpression')
    return [{ at: id.start, what: `${id.name} is an array; type it readonly, or write "as const"` }]
  return []
}

function isReadonlyType(type: TSType | undefined): boolean {
  if (type === undefined) return false
  if (type.type === 'TSTypeOperator') return type.operator === 'readonly'
  return (
    type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name.startsWith('Readonly')
  )
}

function rootName(node: Node): string | null {
  if (node.type === 'Identifier') return node.name
  return node.type === 'MemberExpression' ? rootName(node.object) : null
}

/** A name that is declared again somewhere inside is left alone: it may be the inner one. */
function namesDeclaredOnce(program: Program, declarations: readonly VariableDeclaration[]): ReadonlySet<string> {
  const top = declarations.flatMap((one) =>
    one.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id] : [])),
  )
  const inner = new Set<string>()
  const topStarts = new Set(top.map((id) => id.start))
  const declare = (node: Node) => {
    if (node.type === 'Identifier' && !topStarts.has(node.start)) inner.add(node.name)
  }
  const declareAll = (node: { readonly params: readonly Node[] }) => {
    for (const param of node.params) declare(param)
  }
  new Visitor({
    VariableDeclarator: (node) => declare(node.id),
    FunctionDeclaration: declareAll,
    FunctionExpression: declareAll,
    ArrowFunctionExpression: declareAll,
  }).visit(program)
  return new Set(top.map((id) => id.name).filter((name) => !inner.has(name)))
}

function contentChanges(program: Program, declarations: readonly VariableDeclaration[]): Place[] {
  const names = namesDeclaredOnce(program, declarations)
  const found: Place[] = []
  const note = (target: Node, at: number) => {
    const name = target.type === 'MemberExpression' ? rootName(target) : null
    if (name !== null && names.has(name)) found.push({ at, what: `changes the content of ${name}` })
  }
  new Visitor({
    AssignmentExpression: (node) => note(node.left, node.start),
    UpdateExpression: (node) => note(node.argument, node.start),
    CallExpression(node) {
      const { callee } = node
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
      if (mutators.has(callee.property.name)) note(callee, node.start)
    },
  }).visit(program)
  return found
}

function staticFields(program: Program): Place[] {
  const found: Place[] = []
  new Visitor({
    PropertyDefinition(node) {
      if (node.static && !node.readonly) found.push({ at: node.start, what: 'a static field that is not readonly' })
    },
  }).visit(program)
  return found
}
