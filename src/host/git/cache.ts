import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { problemOf } from '../../core/model/problem.ts'
import type { Clock } from '../../ports/clock.ts'
import { atomicWrite } from '../tree/durable.ts'
import { alone } from '../alone.ts'
import { accessTo, type Login, type Remote, type RemoteAccess } from './remote.ts'
import { git, gitLine, gitText, type Place } from './run.ts'

const fetchTimeoutMs = 15 * 60_000
const askTimeoutMs = 60_000
const packsMax = 40

/** What is followed in a repository: one branch (null: the one that its server calls the main one), or all tags. */
export type Follow = { readonly branch: string | null } | { readonly tags: string }

const askedSchema = z.object({ v: z.literal(1), checkedAt: z.iso.datetime(), branch: z.string().nullable() })

/** When the server was last asked, and which branch was meant; null for tags. */
export type Asked = z.infer<typeof askedSchema>

/**
 * Repositories as belay knows them: bare ones below `dir`, one for each address, with all commits and trees, and files only
 * where the server gives no less. They save time and are never the only record of anything: one that is damaged is made
 * anew. They belong to belay's own user; what a checkout gets from them goes through a pipe.
 */
export interface GitCaches {
  /** Where it lies, whether or not it is there yet. */
  of(remote: Remote): Place
  /** The last answer that is still there; null: nobody was asked yet. */
  asked(remote: Remote, follow: Follow): Promise<Asked | null>
  /** Asks the server. Errors as `failures.ts` has them. */
  refresh(remote: Remote, follow: Follow, login: Login | null, signal: AbortSignal): Promise<Asked>
  /** Brings the files that a range of commits needs and the cache lacks. `walk`: arguments of rev-list, ids alone. */
  complete(remote: Remote, walk: readonly string[], login: Login | null, signal: AbortSignal): Promise<void>
}

export function gitCaches(dir: string, clock: Clock): GitCaches {
  const of = (remote: Remote): Place => ({ dir: join(dir, `${hashOf(remote.url)}.git`), user: null })
  const noteOf = (place: Place, follow: Follow) => join(place.dir, `belay-${hashOf(JSON.stringify(follow))}.json`)
  const locked = <T>(place: Place, signal: AbortSignal, work: () => Promise<T>) =>
    alone(`${place.dir}.lock`, signal, work)
  return {
    of,
    async asked(remote, follow) {
      try {
        return askedSchema.parse(JSON.parse(await readFile(noteOf(of(remote), follow), 'utf8')))
      } catch {
        return null
      }
    },
    async refresh(remote, follow, login, signal) {
      const place = of(remote)
      const at = { place, remote, access: originAt(remote, login), signal }
      return locked(place, signal, async () => {
        const branch = 'tags' in follow ? null : (follow.branch ?? (await mainBranch(at)))
        await renewedWhenDamaged(place, async () => {
          await made(at)
          await fetchRefs(at, branch)
        })
        const asked: Asked = { v: 1, checkedAt: new Date(clock.now()).toISOString(), branch }
        await atomicWrite(noteOf(place, follow), JSON.stringify(asked), { mode: 0o600 })
        return asked
      })
    },
    async complete(remote, walk, login, signal) {
      const place = of(remote)
      const at = { place, remote, access: originAt(remote, login), signal }
      await locked(place, signal, () => fetchMissing(at, walk))
    },
  }
}

interface At {
  readonly place: Place
  readonly remote: Remote
  readonly access: RemoteAccess
  readonly signal: AbortSignal
}

/** The address is given with each call, so that what stands in the cache's own config cannot lead elsewhere. */
function originAt(remote: Remote, login: Login | null): RemoteAccess {
  const access = accessTo(remote, login)
  return { ...access, config: [...access.config, `remote.origin.url=${remote.url}`] }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

async function made({ place, signal }: At): Promise<void> {
  if (existsSync(join(place.dir, 'HEAD'))) return
  const growing = `${place.dir}.new`
  await rm(growing, { recursive: true, force: true })
  await mkdir(growing, { recursive: true, mode: 0o700 })
  const inside = { dir: growing, user: null }
  await gitText(inside, ['init', '--quiet', '--bare', '--template=', '.'], { signal })
  await rm(place.dir, { recursive: true, force: true })
  await rename(growing, place.dir)
}

/** What a damaged cache cannot be the reason of. */
const elsewhere: ReadonlySet<string> = new Set(['E_UNAUTHORIZED', 'E_DISK_FULL', 'E_CANCELLED', 'E_COMMAND_NOT_FOUND'])

/** Nothing in it is worth a mending: what was asked for once can be asked for again. */
async function renewedWhenDamaged(place: Place, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { code, retryable } = problemOf(error)
    if (retryable || elsewhere.has(code) || !existsSync(place.dir) || (await isWhole(place))) throw error
    await rm(place.dir, { recursive: true, force: true })
    await work()
  }
}

async function isWhole(place: Place): Promise<boolean> {
  const { signal } = new AbortController()
  const args = ['fsck', '--connectivity-only', '--no-dangling', '--no-progress']
  return git(place, args, { signal }).then(
    ({ code }) => code === 0,
    () => false,
  )
}

/** Old tips stay: a branch that was rewritten is told from commits that nobody ever published. */
async function fetchRefs({ place, remote, access, signal }: At, branch: string | null): Promise<void> {
  const refspecs = branch === null ? ['+refs/tags/*:refs/tags/*'] : [`+refs/heads/${branch}:refs/heads/${branch}`]
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--filter=blob:none']
  const prune = branch === null ? ['--prune'] : []
  await gitText(place, ['fetch', ...flags, ...prune, '--end-of-options', 'origin', ...refspecs], {
    access,
    signal,
    timeoutMs: fetchTimeoutMs,
    about: remote.address,
  })
  await tidy(place, signal)
}

/** Packs become many with the years. What nothing names any more stays: see above. */
async function tidy(place: Place, signal: AbortSignal): Promise<void> {
  const auto = [`gc.autoPackLimit=${packsMax}`, 'gc.auto=6700', 'gc.autoDetach=false', 'gc.pruneExpire=never']
  await git(place, [...auto.flatMap((setting) => ['-c', setting]), 'gc', '--auto', '--quiet'], {
    signal,
    timeoutMs: fetchTimeoutMs,
  })
}

async function mainBranch({ remote, access, signal, place }: At): Promise<string> {
  await mkdir(join(place.dir, '..'), { recursive: true, mode: 0o700 })
  const said = await gitText(
    { dir: join(place.dir, '..'), user: null },
    ['ls-remote', '--symref', '--end-of-options', remote.url, 'HEAD'],
    { access, signal, timeoutMs: askTimeoutMs, about: remote.address },
  )
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(said)?.[1] ?? 'main'
}

async function fetchMissing({ place, remote, access, signal }: At, walk: readonly string[]): Promise<void> {
  if ((await gitLine(place, ['config', '--get', 'remote.origin.promisor'], { signal })) !== 'true') return
  const objects = ['rev-list', '--objects', '--missing=print', '--no-object-names', ...walk]
  const listed = await gitText(place, objects, { signal, about: remote.address })
  const missing = listed.split('\n').flatMap((line) => (line.startsWith('?') ? [line.slice(1)] : []))
  if (missing.length === 0) return
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--filter=blob:none', '--stdin']
  await gitText(place, ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', ...flags, '--end-of-options', 'origin'], {
    access,
    signal,
    input: `${missing.join('\n')}\n`,
    timeoutMs: fetchTimeoutMs,
    about: remote.address,
  })
}
