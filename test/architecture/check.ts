import { dirname, join } from 'node:path/posix'
import type { Import, Module } from './parse.ts'
import { pureCrypto, type Rank } from './ranks.ts'

export type Tree = ReadonlyMap<string, Module>

/** The file that a relative import leads to, or null for a package or a module of Node. */
export function targetOf(module: Module, { specifier }: Import): string | null {
  return specifier.startsWith('.') ? join(dirname(module.file), specifier) : null
}

/** `@scope/name` or `name`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function folderOf(file: string): string {
  return file.split('/')[1] ?? ''
}

/** The unit that stands alone: `src/sources/github`, or `src/host`. */
function unitOf(file: string, rank: Rank): string {
  const parts = file.split('/')
  const inKind = rank.perKind === true && parts.length > 3
  return parts.slice(0, inKind ? 3 : 2).join('/')
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts')
}

/** Folders without a rule, rules without a file, and every import that its folder's rank does not allow. */
export function rankFaults(tree: Tree, ranks: readonly Rank[]): string[] {
  const modules = [...tree.values()].filter((module) => !isTest(module.file))
  const used = new Set(modules.map((module) => folderOf(module.file)))
  const idle = ranks
    .filter((rank) => !used.has(rank.folder))
    .map((rank) => `src/${rank.folder}: its rule matches no file`)
  const faults = modules.flatMap((module) => {
    const rank = ranks.find((one) => one.folder === folderOf(module.file))
    if (rank === undefined) return [`${module.file}: src/${folderOf(module.file)} has no rule`]
    const imports = module.imports.flatMap((one) =>
      importFaults(module, one, rank).map((what) => ({ at: one.line, what })),
    )
    const impure = rank.pure === true ? module.impure.map(({ at, what }) => ({ at, what: `uses ${what}` })) : []
    return [...imports, ...impure].map(({ at, what }) => `${module.file}:${at} ${what}: ${rank.reason}`)
  })
  return [...idle, ...faults]
}

function importFaults(module: Module, one: Import, rank: Rank): string[] {
  const target = targetOf(module, one)
  if (target !== null) return fileFaults(module.file, target, rank)
  if (one.specifier === '(computed)') return ['imports a path that is computed']
  if (one.specifier.startsWith('node:')) return nodeFaults(one, rank)
  const allowed = rank.packages === undefined || rank.packages.includes(packageOf(one.specifier))
  return allowed ? [] : [`imports the package ${packageOf(one.specifier)}`]
}

function fileFaults(from: string, target: string, rank: Rank): string[] {
  if (!target.startsWith('src/'))
    return target.endsWith('package.json') && rank.folder === 'main' ? [] : [`imports ${target}`]
  if (isTest(target)) return [`imports the test ${target}`]
  if (folderOf(target) !== rank.folder)
    return rank.may === 'all' || rank.may.includes(folderOf(target)) ? [] : [`imports src/${folderOf(target)}`]
  const [own, other] = [unitOf(from, rank), unitOf(target, rank)]
  return own === other ? [] : [`imports its sibling ${other}`]
}

function nodeFaults({ specifier, names, typeOnly }: Import, rank: Rank): string[] {
  if (rank.node === undefined || (typeOnly && rank.nodeTypes === true)) return []
  if (!rank.node.includes(specifier)) return [`imports ${specifier}`]
  if (specifier !== 'node:crypto' || rank.pure !== true) return []
  return names.filter((name) => !pureCrypto.has(name)).map((name) => `imports ${name} of node:crypto`)
}

/** Module state, in all but tests. */
export function moduleStateFaults(tree: Tree): string[] {
  return [...tree.values()]
    .filter((module) => !isTest(module.file))
    .flatMap((module) => module.state.map(({ at, what }) => `${module.file}:${at} ${what}: a module keeps no state`))
}

/** Each import cycle once, as the files on it. Type-only imports count: two files that need each other are one subject. */
export function cycles(tree: Tree): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    const module = tree.get(file)
    for (const one of module?.imports ?? []) {
      const target = module === undefined ? null : targetOf(module, one)
      if (target !== null) visit(target, [...path, file])
    }
    done.add(file)
  }
  for (const file of tree.keys()) visit(file, [])
  return found
}

/** The packages that a program loads or may load later, by every path of imports that is left when types are gone. */
export function packagesReachable(tree: Tree, program: string): string[] {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string): void => {
    const module = tree.get(file)
    if (module === undefined || seen.has(file)) return
    seen.add(file)
    for (const one of module.imports.filter(({ typeOnly }) => !typeOnly)) {
      const target = targetOf(module, one)
      if (target !== null) visit(target)
      else if (!one.specifier.startsWith('node:')) packages.add(packageOf(one.specifier))
    }
  }
  visit(program)
  return [...packages].toSorted()
}
