import { closeSync, fstatSync, lstatSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { atomicWrite } from './durable.ts'
import { HeldFolder } from './held-folder.ts'
import { kindOf, walk } from './walk.ts'

/** An environment of Python is looked for in the tree itself and in folders of it, not in everything below. */
const depthMax = 3
/** Its scripts are small. What is larger was not made from a template. */
const scriptBytesMax = 1024 * 1024

/**
 * A virtual environment of Python names its own path in its scripts (`#!/srv/.app.belay/new~r-1/.venv/bin/python`), so that
 * one that is made in a tree which moves afterwards would not start. Its scripts, its `pyvenv.cfg` and the files of packages
 * that were installed from the tree are told the new path; nothing else in it depends on its place. Gives how many.
 */
export async function rehome(tree: string, to: string): Promise<number> {
  let told = 0
  for (const environment of await environmentsIn(tree)) {
    using root = HeldFolder.open(tree)
    using held = folderAt(root, environment)
    told += await tellIn(held, (name) => name === 'pyvenv.cfg', tree, to)
    told += await within(held, ['bin'], (bin) => tellIn(bin, () => true, tree, to))
    for (const python of namesIn(held, 'lib').filter((name) => name.startsWith('python'))) {
      told += await within(held, ['lib', python, 'site-packages'], (packages) =>
        tellIn(packages, (name) => name.endsWith('.pth') || name.startsWith('__editable__'), tree, to),
      )
    }
  }
  return told
}

/** Relative to the tree; '' for the tree itself. */
async function environmentsIn(tree: string): Promise<readonly string[]> {
  const found: string[] = []
  const exclude = (path: string) => path.split('/').length > depthMax
  for await (const { path, name, kind } of walk(tree, { exclude }))
    if (kind === 'file' && name === 'pyvenv.cfg') found.push(path.includes('/') ? dirname(path) : '')
  return found
}

function folderAt(root: HeldFolder, path: string): HeldFolder {
  let held = HeldFolder.open(root.at('.'))
  for (const name of path.split('/').filter((part) => part !== '')) {
    using outer = held
    held = outer.folder(name)
  }
  return held
}

async function within(
  held: HeldFolder,
  path: readonly string[],
  work: (folder: HeldFolder) => Promise<number>,
): Promise<number> {
  const [name, ...rest] = path
  if (name === undefined) return await work(held)
  if (!namesIn(held, '.').includes(name) || kindOf(lstatSync(held.at(name))) !== 'folder') return 0
  using inner = held.folder(name)
  // Awaited here: the folder is held until the work is done.
  return await within(inner, rest, work)
}

function namesIn(held: HeldFolder, name: string): readonly string[] {
  if (name === '.') return held.names()
  if (!held.names().includes(name) || kindOf(lstatSync(held.at(name))) !== 'folder') return []
  using inner = held.folder(name)
  return inner.names()
}

async function tellIn(
  folder: HeldFolder,
  wanted: (name: string) => boolean,
  from: string,
  to: string,
): Promise<number> {
  let told = 0
  for (const name of folder.names()) {
    if (!wanted(name) || kindOf(lstatSync(folder.at(name))) !== 'file') continue
    const file = folder.file(name)
    let stat
    let content: Buffer
    try {
      stat = fstatSync(file)
      if (stat.size > scriptBytesMax) continue
      content = readFileSync(file)
    } finally {
      closeSync(file)
    }
    if (content.includes(0) || !content.includes(from)) continue
    // One byte is one character and back: whatever the encoding, nothing but the path changes.
    const text = content.toString('latin1').replaceAll(bytes(from), bytes(to))
    await atomicWrite(folder.at(name), Buffer.from(text, 'latin1'), {
      mode: stat.mode & 0o7777,
      owner: { uid: stat.uid, gid: stat.gid },
    })
    told++
  }
  return told
}

function bytes(path: string): string {
  return Buffer.from(path).toString('latin1')
}
