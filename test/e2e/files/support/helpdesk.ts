import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GivenCommit, GivenFile, GivenTree } from './github.ts'

const fixtures = join(import.meta.dirname, '../../../fixtures/helpdesk')

/**
 * The two real trees of HelpDesk: their paths, modes and sizes are the real ones, and what is one blob there is one
 * content here. The contents themselves are made up, so their ids are others, but for the two files that are at hand.
 */
export const older = '169d2d5e95368561d2c27fba29f6d4c487a66aa5'
export const newer = 'b387b2951a2213d1c7f491f546bf90edc5e6fee2'

const real: Readonly<Record<string, string>> = {
  'requirements.txt': 'requirements.utf16.txt',
  '.env.example': 'env.example',
}

/** The size of some blobs is not known: `BAD` in the listing. */
const unknownBytes = 5000

const contents = new Map<string, Buffer>()

export function helpdeskCommits(): GivenCommit[] {
  return [
    { id: newer, message: 'Manage users and licenses\n\nand more', tree: treeOf(newer) },
    { id: older, message: 'Before', tree: treeOf(older) },
  ]
}

export function treeOf(commit: string): GivenTree {
  const lines = readFileSync(join(fixtures, `tree-${commit.slice(0, 7)}.tsv`), 'utf8').split('\n')
  return new Map(lines.filter(Boolean).map(entryOf))
}

function entryOf(line: string): readonly [string, GivenFile] {
  const [, mode, blob = '', bytes, quoted = ''] = /^(\d{6}) blob ([0-9a-f]{40}) +(\d+|BAD)\t(.*)$/.exec(line) ?? []
  if (mode !== '100644' && mode !== '100755') throw new Error(`not an entry: ${line}`)
  const path = unquoted(quoted)
  return [path, { mode, content: contentOf(path, blob, bytes === 'BAD' ? unknownBytes : Number(bytes)) }]
}

/** git quotes names with bytes beyond ASCII as C does. */
function unquoted(name: string): string {
  if (!name.startsWith('"')) return name
  const bytes = name
    .slice(1, -1)
    .replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function contentOf(path: string, blob: string, bytes: number): Buffer {
  const key = `${blob} ${real[path] ?? ''}`
  const known = contents.get(key)
  if (known !== undefined) return known
  const content = real[path] === undefined ? madeUp(blob, bytes) : readFileSync(join(fixtures, real[path]))
  contents.set(key, content)
  return content
}

function madeUp(blob: string, bytes: number): Buffer {
  const line = `# stands for ${blob}\n`
  return Buffer.from(line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes))
}

/** What `git diff-tree --name-status` said: M, A or D and the path. */
export function realDiff(): readonly (readonly [status: string, path: string])[] {
  const lines = readFileSync(join(fixtures, 'diff-169d2d5-b387b29.name-status.tsv'), 'utf8').split('\n')
  return lines.filter(Boolean).map((line) => {
    const [status = '', path = ''] = line.split('\t')
    return [status, path]
  })
}
