import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { knownPlacesOf } from '../../core/detect/places.ts'
import type { FolderReading } from '../../core/detect/readings.ts'

/** Applications lie right below these, or one folder deeper; nothing is looked at beyond. */
const roots = ['/opt', '/srv', '/var/www'] as const
const depthMax = 2
/** Below each of them. */
const foldersMax = 200
const entriesMax = 500

const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const
const uninteresting = /^(?:\.|node_modules$|venv$|lost\+found$|releases$)/

/** The folders with a git work tree, a compose file or a known name. Those that may not be read are passed by. */
export async function readFolders(home: string, cwd: string): Promise<readonly FolderReading[]> {
  const known = new Set(knownPlacesOf(home))
  const found = new Map<string, FolderReading>()
  const note = (path: string, names: ReadonlySet<string>): void => {
    const git = names.has('.git')
    const compose = composeFiles.find((name) => names.has(name)) ?? null
    if (git || compose !== null || known.has(path)) found.set(path, { path, git, compose })
  }
  const visit = async (path: string, depth: number, budget = { left: foldersMax }): Promise<void> => {
    const entries = budget.left-- > 0 ? await list(path) : null
    if (entries === null) return
    note(path, new Set(entries.map(({ name }) => name)))
    if (depth === 0) return
    for (const entry of entries) {
      if (entry.isDirectory() && !uninteresting.test(entry.name)) await visit(join(path, entry.name), depth - 1, budget)
    }
  }
  for (const root of roots) await visit(root, depthMax)
  await visit(home, 1)
  await visit(cwd, 0)
  return [...found.values()]
}

/** A part of a very large folder is enough: applications are not there by the thousand. */
async function list(path: string): Promise<readonly Dirent[] | null> {
  try {
    return (await readdir(path, { withFileTypes: true })).slice(0, entriesMax)
  } catch {
    return null
  }
}
