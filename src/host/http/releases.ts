import { describeRelease } from '../../core/release/describe.ts'
import type { Published } from '../../core/release/describe.ts'
import type { Artifact } from '../../core/model/release.ts'
import type { ByteStream, Listing, ListOptions } from '../../ports/source.ts'
import { sameOrigin } from './address.ts'
import { listPages } from './listing.ts'
import type { PageRequest } from './listing.ts'
import type { SourceDeps } from './source-deps.ts'
import type { Headers } from './types.ts'

/** What the configs of all sources over HTTP have in common. */
interface ChoosingConfig {
  readonly asset?: string | undefined
  readonly tag?: string | undefined
}

/** `parse` leaves drafts out. */
export interface ReleasesRequest extends PageRequest<Published> {
  /** What generated archives are named after. */
  readonly project: string
  readonly archiveIfNoFiles: boolean
}

/** Lists what a server publishes, and describes it as this component's config sees it. */
export async function listReleases(
  deps: SourceDeps,
  config: ChoosingConfig,
  request: ReleasesRequest,
  options: ListOptions,
): Promise<Listing> {
  const { items, ...pages } = await listPages(deps, request, options)
  const choice = {
    asset: config.asset ?? null,
    tag: config.tag ?? null,
    platform: deps.platform,
    project: request.project,
    archiveIfNoFiles: request.archiveIfNoFiles,
  }
  return { ...pages, releases: items.flatMap((item) => describeRelease(item, choice) ?? []) }
}

/** A file of a repository, of which nothing is known but where it would be. */
export function fileAt(name: string, url: string): Artifact {
  return { name, url, bytes: null, digest: null }
}

export interface ArtifactRequest {
  readonly headers?: Headers
  /** Asked for only when the artifact lies on one of `origins`: a release may point anywhere. */
  readonly secretHeaders: () => Promise<Headers>
  readonly origins: readonly string[]
}

export async function openArtifact(
  deps: SourceDeps,
  artifact: Artifact,
  request: ArtifactRequest,
  offset: number,
  signal: AbortSignal,
): Promise<ByteStream> {
  const own = request.origins.some((origin) => sameOrigin(artifact.url, origin))
  const secretHeaders = own ? await request.secretHeaders() : {}
  return await deps.http.openStream(artifact.url, { offset, headers: request.headers ?? {}, secretHeaders, signal })
}
