import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { isSigned } from '../core/publish/signatures.ts'
import { atomicWrite, fsyncDir } from '../host/tree/durable.ts'
import { as, highestVersion, namesIn, parseEnvelope } from './folder.ts'

/** A file for the repository, by its path in it. */
export type Placed =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly file: string; readonly sha256: string; readonly length: number }

const timestampPath = 'metadata/timestamp.json'
const rootPath = /^metadata\/(\d+)\.root\.json$/

/**
 * Brings files into a folder that clients read meanwhile. Each appears whole; what a file names is there before it, so
 * that after a crash between any two the folder is the old repository or the new one. What clients have seen never goes
 * back, and a file that has a version or a hash in its name never gets other bytes (E_CONFLICT, before anything is written).
 */
export async function place(files: readonly Placed[], to: string, wrote: (path: string) => void): Promise<number> {
  await requireForward(files, to)
  const missing: Placed[] = []
  for (const file of files) if (!(await isThere(file, to))) missing.push(file)
  const ordered = await inOrder(missing, files, to)
  for (const file of ordered) {
    const path = join(to, ...file.path.split('/'))
    await makeFolders(dirname(path))
    if ('bytes' in file) await atomicWrite(path, file.bytes, { mode: 0o644 })
    else await copyDurable(file, path)
    wrote(file.path)
  }
  return ordered.length
}

/** All files of a repository's folder that clients may ask for. */
export async function filesOf(repo: string): Promise<readonly Placed[]> {
  const metadata = (await namesIn(join(repo, 'metadata'))).filter((name) => /^[^.].*\.json$/.test(name))
  const read = metadata.map(async (name) => ({
    path: `metadata/${name}`,
    bytes: await readFile(join(repo, 'metadata', name)),
  }))
  const targets = await readdir(join(repo, 'targets'), { recursive: true, withFileTypes: true }).catch(absent)
  const found = (targets ?? []).map(async (entry) => {
    const sha256 = /^([0-9a-f]{64})\./.exec(entry.name)?.[1]
    if (!entry.isFile() || sha256 === undefined) return []
    const file = join(entry.parentPath, entry.name)
    return [{ path: relative(repo, file).split(sep).join('/'), file, sha256, length: (await stat(file)).size }]
  })
  return [...(await Promise.all(read)), ...(await Promise.all(found)).flat()]
}

/** A target's file that already has that name with another hash in front: that version was published with other bytes. */
export async function otherOfName(repo: string, path: string, sha256: string): Promise<boolean> {
  const name = basename(path)
  const names = await namesIn(join(repo, 'targets', ...path.split('/').slice(0, -1)))
  return names.some((each) => each.slice(64) === `.${name}` && each !== `${sha256}.${name}`)
}

/** E_CONFLICT where `place` would refuse: before anything is written anywhere. */
export async function requirePlaceable(files: readonly Placed[], to: string): Promise<void> {
  await requireForward(files, to)
  for (const file of files) await isThere(file, to)
}

async function requireForward(files: readonly Placed[], to: string): Promise<void> {
  const mine = files.find(({ path }) => path === timestampPath)
  if (mine === undefined || !('bytes' in mine)) return
  const there = await readFile(join(to, timestampPath)).catch(absent)
  if (there !== null) {
    const before = stampOf(there, join(to, timestampPath))
    const now = stampOf(mine.bytes, timestampPath)
    const isOther = now.version === before.version && !there.equals(mine.bytes)
    if (now.version < before.version || isOther) throw behind(to, 'timestamp', now.version, before.version)
    // A copy that was left behind can sign timestamps until its number is the higher one.
    if (now.snapshot < before.snapshot) throw behind(to, 'snapshot', now.snapshot, before.snapshot)
  }
  const roots = Math.max(0, ...files.map(({ path }) => Number(rootPath.exec(path)?.[1] ?? 0)))
  const known = await highestVersion(to, 'root')
  if (roots > 0 && roots < known) throw behind(to, 'root', roots, known)
}

function stampOf(bytes: Uint8Array, path: string): { readonly version: number; readonly snapshot: number } {
  const { version, meta } = as(parseEnvelope(bytes, path), 'timestamp', path).signed
  return { version, snapshot: meta['snapshot.json']?.version ?? 0 }
}

/**
 * Whatever is named comes first. A root changes who may sign, so where the timestamp is signed by the old keys too, it
 * goes before the root, and no client ever meets a root with metadata that it does not take.
 */
async function inOrder(missing: readonly Placed[], all: readonly Placed[], to: string): Promise<readonly Placed[]> {
  const first = await isTakenByOld(all, to)
  const rank = ({ path }: Placed): number => {
    if (path.startsWith('targets/')) return 0
    if (path === timestampPath) return 4
    const root = rootPath.exec(path)?.[1]
    if (root === undefined) return path.endsWith('.snapshot.json') ? 2 : 1
    return (first ? 5 : 3) + Number(root) / 1_000_000
  }
  return missing.toSorted((a, b) => rank(a) - rank(b))
}

async function isTakenByOld(all: readonly Placed[], to: string): Promise<boolean> {
  const known = await highestVersion(to, 'root')
  const stamp = all.find(({ path }) => path === timestampPath)
  if (known === 0 || stamp === undefined || !('bytes' in stamp)) return false
  const path = join(to, 'metadata', `${known}.root.json`)
  const { keys, roles } = as(parseEnvelope(await readFile(path), path), 'root', path).signed
  return isSigned(parseEnvelope(stamp.bytes, timestampPath), { keys, role: roles.timestamp })
}

async function isThere(file: Placed, to: string): Promise<boolean> {
  const path = join(to, ...file.path.split('/'))
  if (!('bytes' in file)) {
    // Its name holds its hash, and it was written whole; one that a tool cut short in place is made again.
    return (await stat(path).catch(absent))?.size === file.length
  }
  const there = await readFile(path).catch(absent)
  if (there === null) return false
  if (there.equals(file.bytes)) return true
  if (file.path === timestampPath) return false
  throw fail('E_CONFLICT', `${path} is there with other content`, {
    hint: 'Nothing was published. Something else publishes to that folder, or this one was restored from an old copy: fetch what is served now, then sign again.',
    facts: { file: file.path },
  })
}

/** Whoever serves them must be able to look into them, whatever this process's umask is. */
async function makeFolders(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let at = path; at.length >= first.length; at = dirname(at)) await chmod(at, 0o755)
}

type Copied = Extract<Placed, { readonly file: string }>

async function copyDurable({ file: from, sha256 }: Copied, to: string): Promise<void> {
  const temporary = join(dirname(to), `.${basename(to)}.belay-new`)
  await rm(temporary, { force: true })
  try {
    await using file = await open(temporary, 'wx', 0o644)
    const sum = createHash('sha256')
    for await (const chunk of createReadStream(from) as AsyncIterable<Buffer>) {
      sum.update(chunk)
      await file.writeFile(chunk)
    }
    if (sum.digest('hex') !== sha256) throw changed(from)
    await file.chmod(0o644)
    await file.sync()
    await rename(temporary, to)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await fsyncDir(dirname(to))
}

export async function sha256Of(path: string): Promise<string> {
  const sum = createHash('sha256')
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) sum.update(chunk)
  return sum.digest('hex')
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}

function changed(path: string) {
  return fail('E_CHECKSUM_MISMATCH', `${path} is not what was signed`, {
    hint: 'Nothing that names it was published. Build it again: the same content gives the same bytes.',
    facts: { path },
  })
}

function behind(to: string, role: 'root' | 'snapshot' | 'timestamp', mine: number, there: number) {
  return fail(
    'E_CONFLICT',
    `${to} has ${role} version ${there} already, and this folder would publish version ${mine}`,
    {
      hint: 'Nothing was published. Hosts that have seen the newer one would refuse the older: fetch what is served there, then publish again.',
      facts: { role, mine, there },
    },
  )
}
