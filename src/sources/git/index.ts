import type { GitCaches, Follow } from '../../host/git/cache.ts'
import { packOf } from '../../host/git/pack.ts'
import { checkRemote, type Login, type Remote } from '../../host/git/remote.ts'
import { gitLine } from '../../host/git/run.ts'
import type { Secrets } from '../../host/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Listing, ListOptions, Source } from '../../ports/source.ts'
import { commitsOf, tagsOf } from './listing.ts'
import { packRange } from './range.ts'
import { remoteOf } from './remote.ts'
import { type GitConfig, gitConfigSchema } from './schema.ts'

export interface GitSourceDeps {
  readonly caches: GitCaches
  readonly secrets: Secrets
  readonly clock: Clock
  readonly allowHttp: readonly string[]
}

/**
 * A branch, whose commits are versions, or the tags of a git repository, by the git program. The artifact of a release is
 * named by its commit; opened, it is a pack of objects (`range.ts` tells which names there are).
 */
export function gitSource(deps: GitSourceDeps): Source<GitConfig> {
  return {
    kind: 'git',
    config: gitConfigSchema,
    describe: (config) => `git ${remoteOf(config).address.replace(/^file:\/\//, '')}`,
    list: (config, options) => list(deps, config, options),
    open: async (config, artifact, _offset, signal) => {
      const remote = remoteOf(config)
      checkRemote(remote, deps.allowHttp)
      const place = deps.caches.of(remote)
      const { commit, walk, pack } = packRange(artifact.name)
      if ((await gitLine(place, ['cat-file', '-t', commit], { signal }).catch(() => null)) !== 'commit') {
        await deps.caches.refresh(remote, followOf(config), await loginOf(deps, config), signal)
      }
      await deps.caches.complete(remote, walk, await loginOf(deps, config), signal)
      return { offset: 0, totalBytes: null, chunks: packOf(place, pack, signal) }
    },
  }
}

async function list(deps: GitSourceDeps, config: GitConfig, options: ListOptions): Promise<Listing> {
  const { caches, clock } = deps
  const { force, cacheMs, signal } = options
  const remote = remoteOf(config)
  checkRemote(remote, deps.allowHttp)
  const follow = followOf(config)
  const known = force ? null : await caches.asked(remote, follow)
  const ageMs = known === null ? -1 : clock.now() - Date.parse(known.checkedAt)
  if (known !== null && ageMs >= 0 && ageMs < cacheMs) {
    // One that was damaged meanwhile is asked for anew.
    const releases = await releasesIn(deps, config, remote, known.branch, signal).catch(() => null)
    if (releases !== null) return { releases, checkedAt: known.checkedAt, fromCache: true }
  }
  const asked = await caches.refresh(remote, follow, await loginOf(deps, config), signal)
  return {
    releases: await releasesIn(deps, config, remote, asked.branch, signal),
    checkedAt: asked.checkedAt,
    fromCache: false,
  }
}

async function releasesIn(
  { caches }: GitSourceDeps,
  config: GitConfig,
  remote: Remote,
  branch: string | null,
  signal: AbortSignal,
) {
  const place = caches.of(remote)
  const follow = followOf(config)
  if ('tags' in follow) return tagsOf(place, remote, follow.tags, signal)
  return commitsOf(place, remote, branch ?? '', config.commits, signal)
}

function followOf({ ref }: GitConfig): Follow {
  if (ref === undefined) return { branch: null }
  return typeof ref === 'string' ? { branch: ref } : ref
}

/** Secrets are read at each use. Only https, and http where it is allowed, are shown one: ssh has keys of its own. */
async function loginOf({ secrets }: GitSourceDeps, config: GitConfig): Promise<Login | null> {
  const password = await secrets.token(config)
  return password === null ? null : { username: config.username, password }
}
