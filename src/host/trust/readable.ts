import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, problemOf } from '../../core/model/problem.ts'
import { parseRoot } from '../../core/trust/tuf/metadata.ts'
import { openTrustStore } from './store.ts'

/**
 * Whether this version understands all that this host has seen of signed repositories. One that does not would check
 * nothing ever again, and could not even be replaced: it must not stay. E_METADATA_MEMORY, E_METADATA_INVALID.
 */
export async function requireReadable(trustDir: string): Promise<void> {
  for (const name of await foldersIn(trustDir)) {
    const store = await openTrustStore(join(trustDir, name))
    if ((await store.memory()) === null) continue
    const roots = await store.recall('root')
    if (roots.length > 0 && !roots.some(isRoot)) throw unreadable(store.dir)
  }
}

function isRoot(bytes: Uint8Array): boolean {
  try {
    parseRoot(bytes, 'root.json')
    return true
  } catch (error) {
    if (problemOf(error).code === 'E_INTERNAL') throw error
    return false
  }
}

async function foldersIn(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir, { withFileTypes: true })).flatMap((entry) => (entry.isDirectory() ? entry.name : []))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function unreadable(dir: string) {
  return fail('E_METADATA_INVALID', `this version of belay cannot read the root that this host trusts in ${dir}`, {
    hint: 'It is older than the one that read it. Stay with the newer version.',
    facts: { dir },
  })
}
