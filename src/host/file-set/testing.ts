import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Room, room } from '../tree/testing.ts'
import { contentPath, type FileState, writeFileSet } from './set.ts'
import { stateOf } from './state.ts'
import type { Transaction, Watch } from './transaction.ts'

/** File sets for tests. Not part of the product. */

export const run = 'r-00000001'

export const watch: Watch = { signal: new AbortController().signal, progress: () => {} }

/** What a path is to be: a text, a text with a mode, `-> x` a link, `/` a folder, null nothing. */
export type Wish = string | null | { readonly text: string; readonly mode: number }

/** A set in `set` that brings the tree `root`, as it is now, to what is wished; and the transaction that installs it. */
export async function planned(
  dir: string,
  wishes: Readonly<Record<string, Wish>>,
  more: Partial<Transaction> = {},
): Promise<Transaction> {
  const transaction: Transaction = {
    root: join(dir, 'app'),
    set: join(dir, 'set'),
    saved: join(dir, 'backups/app/20261121_080000~r-00000001'),
    run,
    versions: { from: '1', to: '2' },
    owner: null,
    helper: null,
    optional: [],
    edited: 'refuse',
    record: null,
    ...more,
  }
  mkdirSync(join(transaction.set, 'new'), { recursive: true })
  const changes = Object.entries(wishes).map(([path, wish]) => ({
    path,
    from: stateOf(join(transaction.root, path)),
    to: wished(transaction.set, wish),
  }))
  await writeFileSet(transaction.set, { v: 1, root: transaction.root, changes })
  return transaction
}

function wished(set: string, wish: Wish): FileState | null {
  if (wish === null) return null
  if (wish === '/') return { kind: 'dir', mode: 0o755 }
  const { text, mode } = typeof wish === 'string' ? { text: wish, mode: 0o644 } : wish
  if (text.startsWith('-> ')) return { kind: 'link', target: text.slice(3) }
  const sha256 = createHash('sha256').update(text).digest('hex')
  writeFileSync(contentPath(set, sha256), text)
  return { kind: 'file', sha256, bytes: Buffer.byteLength(text), mode }
}

/** Everything about a tree that must come back: modes, owners, contents, targets, and which files have several names. */
export function portrait(dir: string): Readonly<Record<string, string>> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(dir, name)
      const stat = lstatSync(path)
      if (stat.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`]
      const about = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`
      if (stat.isDirectory()) return [name, `${about} /`]
      return [name, `${about} ${stat.nlink} ${readFileSync(path, 'utf8')}`]
    }),
  )
}

/** The inode of every folder of a tree, by path. */
export function folderInodes(dir: string): ReadonlyMap<string, number> {
  const names = ['', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })]
  return new Map(
    names.flatMap((name) => {
      const stat = lstatSync(join(dir, name))
      return stat.isDirectory() ? [[name, stat.ino] as const] : []
    }),
  )
}

/** An application of a few files. */
export async function plantedApp(): Promise<Room> {
  const here = await room()
  here.plant({
    'app/VERSION': '1',
    'app/main.py': 'old main',
    'app/lib/a.py': 'old a',
    'app/lib/gone.py': 'old gone',
    'app/static/logo': '-> ../lib/a.py',
    'app/data/user.db': 'rows',
  })
  chmodSync(here.at('app/main.py'), 0o750)
  return here
}

/** What an update makes of it. */
export const update: Readonly<Record<string, Wish>> = {
  VERSION: '2',
  'main.py': { text: 'new main', mode: 0o755 },
  'lib/gone.py': null,
  'lib/deep/er/new.py': 'new',
  'static/logo': '-> ../VERSION',
}
