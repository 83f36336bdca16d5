import { lchown, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fail, problemOf } from '../../core/model/problem.ts'
import { resolveUser } from '../process/identity.ts'
import { exists, statOrNull } from '../tree/stat.ts'
import { filesAs } from './owner.ts'
import { takePack } from './pack.ts'
import { git, gitText, type GitOptions, type Place } from './run.ts'

const wholeTimeoutMs = 10 * 60_000

/** `open`: objects as a pack, by the names of `sources/git/range.ts`. */
export interface Wanted {
  readonly commit: string
  readonly have: string | null
  readonly open: (name: string) => Promise<AsyncIterable<Uint8Array>>
  readonly mark: string
  readonly onBytes: (bytes: number) => void
}

/**
 * Brings a commit into a repository, with as little as does: what it lacks beyond `have`; for one that keeps no history, the
 * commit alone; else everything before it. It is there when every object that it needs is.
 */
export async function bringCommit(place: Place, wanted: Wanted, options: GitOptions): Promise<{ bytes: number }> {
  const { commit, have } = wanted
  if (await isWhole(place, commit, options)) return { bytes: 0 }
  const shallow = (await gitText(place, ['rev-parse', '--is-shallow-repository'], options)).trim() === 'true'
  const names = [...(have === null ? [] : [`${have}..${commit}`]), shallow ? `${commit}!` : commit]
  let bytes = 0
  for (const name of names) {
    try {
      const chunks = await wanted.open(name)
      bytes += await takePack(place, chunks, { signal: options.signal, mark: wanted.mark, onBytes: wanted.onBytes })
    } catch (error) {
      // What was known of the source when the plan was made may be gone: then more is brought.
      if (name === names.at(-1) || problemOf(error).code !== 'E_COMMAND_FAILED') throw error
      continue
    }
    if (name.endsWith('!')) await graft(place, commit, options)
    if (await isWhole(place, commit, options)) return { bytes }
  }
  throw fail('E_RESPONSE_INVALID', `Objects of ${commit.slice(0, 12)} are missing after it was fetched.`, {
    hint: 'Look at the repository with "git fsck"; a damaged one is best cloned anew.',
    facts: { commit, repository: place.dir },
  })
}

/** What other references have is taken for whole, as git itself does after a fetch. */
async function isWhole(place: Place, commit: string, options: GitOptions): Promise<boolean> {
  const args = ['rev-list', '--objects', '--quiet', commit, '--not', '--all']
  return (await git(place, args, { ...options, timeoutMs: wholeTimeoutMs })).code === 0
}

/** The history of a shallow repository may begin at one more commit. */
async function graft(place: Place, commit: string, options: GitOptions): Promise<void> {
  const found = (await gitText(place, ['rev-parse', '--git-path', 'shallow'], options)).trim()
  const path = found.startsWith('/') ? found : join(place.dir, found)
  const known = await readFile(path, 'utf8').catch(() => '')
  if (!known.split('\n').includes(commit)) await filesAs(place, options.signal).write(path, `${known}${commit}\n`)
}

/** A new, empty repository of that user. A folder that is there must be empty. */
export async function makeRepository(
  place: Place,
  kind: 'bare' | 'checkout',
  origin: { readonly url: string; readonly branch: string | null } | null,
  options: GitOptions,
): Promise<void> {
  if (await exists(join(place.dir, kind === 'bare' ? 'HEAD' : '.git/HEAD'))) return
  await folderOf(place, options.signal)
  await gitText(place, ['init', '--quiet', '--template=', ...(kind === 'bare' ? ['--bare'] : [])], options)
  if (origin === null) return
  const set = (key: string, value: string) => gitText(place, ['config', key, value], options)
  await set('remote.origin.url', origin.url)
  await set('remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*')
  if (origin.branch === null) return
  await set(`branch.${origin.branch}.remote`, 'origin')
  await set(`branch.${origin.branch}.merge`, `refs/heads/${origin.branch}`)
  await gitText(place, ['symbolic-ref', 'HEAD', `refs/heads/${origin.branch}`], options)
}

/** Made by its user where that user may, else by us and given away. */
async function folderOf({ dir, user }: Place, signal: AbortSignal): Promise<void> {
  if (await exists(dir)) return
  if (user === null) return void (await mkdir(dir, { recursive: true }))
  let parent = dirname(dir)
  while (parent !== dirname(parent) && (await statOrNull(parent)) === null) parent = dirname(parent)
  try {
    await filesAs({ dir: parent, user }, signal).folder(dir)
  } catch {
    const { uid, gid } = await resolveUser(user)
    await mkdir(dir, { recursive: true })
    for (let at = dir; at !== parent; at = dirname(at)) await lchown(at, uid, gid)
  }
}

/** As `git fetch` would: forward, or to a history that was rewritten; never back to an older commit. */
export async function moveTracking(place: Place, ref: string, commit: string, options: GitOptions): Promise<void> {
  const known = await git(place, ['rev-parse', '--quiet', '--verify', ref], options)
  const now = known.stdout.trim()
  if (known.code === 0) {
    const older = await git(place, ['merge-base', '--is-ancestor', commit, now], options)
    if (older.code === 0) return
  }
  await gitText(place, ['update-ref', '-m', 'belay: fetch', ref, commit], options)
}
