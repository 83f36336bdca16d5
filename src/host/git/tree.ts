import { fieldsOf, gitText, type GitOptions, type Place } from './run.ts'

/** A path as a tree of git has it. Mode 160000 is a submodule, 120000 a link. */
export interface TreeFile {
  readonly mode: string
  readonly id: string
  readonly path: string
}

export const submoduleMode = '160000'

type Asking = Pick<GitOptions, 'signal' | 'about' | 'env'>

/** Every file of a commit or tree. */
export async function filesOf(place: Place, tree: string, options: Asking): Promise<readonly TreeFile[]> {
  const text = await gitText(place, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', tree], options)
  return fieldsOf(text).map((record) => {
    const tab = record.indexOf('\t')
    const [mode = '', , id = ''] = record.slice(0, tab).split(' ')
    return { mode, id, path: record.slice(tab + 1) }
  })
}

/** A path that differs between two trees; null: it is not in that one. */
export interface TreeChange {
  readonly path: string
  readonly from: TreeFile | null
  readonly to: TreeFile | null
}

export async function changesBetween(
  place: Place,
  from: string,
  to: string,
  options: Asking,
): Promise<readonly TreeChange[]> {
  const flags = ['-r', '--raw', '-z', '--no-renames', '--no-abbrev', '--end-of-options']
  const fields = fieldsOf(await gitText(place, ['diff-tree', ...flags, from, to], options))
  const changes: TreeChange[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [fromMode = '', toMode = '', fromId = '', toId = ''] = (fields[at] ?? '').slice(1).split(' ')
    const path = fields[at + 1] ?? ''
    const file = (mode: string, id: string) => (/^0+$/.test(mode) ? null : { mode, id, path })
    changes.push({ path, from: file(fromMode, fromId), to: file(toMode, toId) })
  }
  return changes
}

/** What two lists of files differ in: for trees that do not lie in one repository. */
export function compareFiles(from: readonly TreeFile[], to: readonly TreeFile[]): readonly TreeChange[] {
  const before = new Map(from.map((file) => [file.path, file]))
  const after = new Map(to.map((file) => [file.path, file]))
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].toSorted().flatMap((path) => {
    const [a, b] = [before.get(path) ?? null, after.get(path) ?? null]
    return a !== null && b !== null && a.id === b.id && a.mode === b.mode ? [] : [{ path, from: a, to: b }]
  })
}

/** Lines for `git update-index -z --index-info`. */
export function indexLines(files: readonly (TreeFile | null)[]): string {
  return files.map((file) => (file === null ? '' : `${file.mode} ${file.id}\t${file.path}\0`)).join('')
}
