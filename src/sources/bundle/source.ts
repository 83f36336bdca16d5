import { z } from 'zod'
import type { BundleFile } from '../../core/bundle/format.ts'
import { digestSchema, type Spec } from '../../core/model/names.ts'
import { problemOf } from '../../core/model/problem.ts'
import type { Release } from '../../core/model/release.ts'
import type { Platform } from '../../core/release/platform.ts'
import { foreign, notInside, otherPlatform, swapped } from '../../host/bundle/failures.ts'
import { absent, localHttp, type Shelf } from '../../host/bundle/local-http.ts'
import { type Bundle, openBundle } from '../../host/bundle/read.ts'
import type { HttpClient } from '../../host/http/types.ts'
import type { OpenSource } from '../../ports/adapters.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Listing, ListOptions, Source } from '../../ports/source.ts'

/** `digest`: of the bundle that the plan was made from. */
const bundleRefSchema = z.object({ file: z.string().min(1), digest: digestSchema })

/** `of`: the source that it stands in for. */
export const bundleConfigSchema = z.object({
  type: z.literal('bundle'),
  bundle: bundleRefSchema,
  of: z.object({ type: z.string() }).catchall(z.json()),
})
type BundleConfig = z.infer<typeof bundleConfigSchema>

export interface BundleSourceDeps {
  readonly clock: Clock
  readonly platform: Platform
  /** The source that a spec names, with this client for everything that it asks. */
  readonly inner: (spec: Spec, http: HttpClient) => Promise<OpenSource>
}

/**
 * One release from a file, in place of a component's own source. A signed repository is read by that source itself: same
 * client, same memory, same refusals. Of all others the bundle holds what the source said and the files it said it of.
 */
export function bundleSource(deps: BundleSourceDeps): Source<BundleConfig> {
  const opened = async ({ bundle: ref, of }: BundleConfig) => {
    const bundle = await openedBundle(ref)
    const inner = await deps.inner(of, localHttp(shelfOf(bundle, of)))
    const same = bundle.list.source.type === of.type && (isSigned(of) || bundle.list.source.describe === inner.describe)
    if (!same) throw foreign(bundle.file, bundle.list.source.describe, inner.describe)
    return { bundle, inner }
  }
  return {
    kind: 'bundle',
    config: bundleConfigSchema,
    describe: ({ bundle: { file } }) => `bundle ${file}`,
    list: async (config, options) => {
      const { bundle, inner } = await opened(config)
      const release = isSigned(config.of)
        ? await signedRelease(deps, bundle, config.of, inner, options)
        : plainRelease(deps, bundle)
      const checkedAt = new Date(deps.clock.now()).toISOString()
      return { releases: [release], checkedAt, fromCache: false } satisfies Listing
    },
    pin: async (config, release, signal) => {
      const { inner } = await opened(config)
      return isSigned(config.of) ? inner.pin(release, signal) : release
    },
    atRoot: async (config, _release, name) => {
      const { list } = await openBundle(config.bundle.file)
      const here = `${deps.platform.os}-${deps.platform.arch}`
      const known = list.releases.find((each) => each.platform === here)?.atRoot ?? []
      if (known.length === 0) return null
      // There is a repository: a file that is not in it is one that cannot be opened.
      return known.find((file) => file.name === name) ?? { name, url: `absent:${name}`, bytes: null, digest: null }
    },
    open: async (config, artifact, offset) => {
      const { bundle } = await opened(config)
      const file = fileFor(bundle, config.of, artifact.url)
      // What the source did not have when the bundle was made it does not have now.
      if (file === null) throw absent(`the bundle ${bundle.file}`, artifact.url)
      return bundle.open(file, offset)
    },
  }
}

/** Product and channel, without the address: a publisher's own folder has none. It chooses words, and proves nothing. */
const placeIn = (describe: string): string => describe.split(' ').slice(2).join(' ')

/** The very one that the plan was made from. */
export async function openedBundle(ref: unknown): Promise<Bundle> {
  const { file, digest } = bundleRefSchema.parse(ref)
  const bundle = await openBundle(file)
  if (bundle.digest !== digest) throw swapped(file)
  return bundle
}

/** A spec that has its own proof of what it lists. */
function isSigned({ type }: Spec): boolean {
  return type === 'belay'
}

/** The address that everything of a signed repository lies below; null: each file has its own. */
export function repositoryOf({ type, url }: Spec): string | null {
  return type === 'belay' && typeof url === 'string' ? `${url.replace(/\/+$/, '')}/` : null
}

/** Where a file of the bundle is, for a source that asks for it by its address. */
function fileFor(bundle: Bundle, of: Spec, url: string): BundleFile | null {
  const base = repositoryOf(of)
  const below = base !== null && url.startsWith(base) ? url.slice(base.length) : null
  return bundle.list.files.find((one) => one.url === url || (below !== null && one.url === below)) ?? null
}

/** What answers in place of the network, with what was answered when the bundle was made. */
export function shelfOf(bundle: Bundle, of: Spec): Shelf {
  return {
    name: `the bundle ${bundle.file}`,
    read: async (url) => {
      const file = fileFor(bundle, of, url)
      return file === null ? null : bundle.read(file)
    },
    open: async (url, offset) => {
      const file = fileFor(bundle, of, url)
      return file === null ? null : bundle.open(file, offset)
    },
  }
}

async function signedRelease(
  { platform }: BundleSourceDeps,
  bundle: Bundle,
  of: Spec,
  inner: OpenSource,
  options: ListOptions,
): Promise<Release> {
  const { releases } = await inner.list(options).catch((error: unknown) => {
    // Metadata of another product or channel leads to files that nobody carried; that of another repository is not signed.
    const isOther = placeIn(bundle.list.source.describe) !== placeIn(inner.describe)
    if (!isOther && problemOf(error).code !== 'E_NOT_FOUND') throw error
    throw foreign(bundle.file, bundle.list.source.describe, inner.describe)
  })
  const found = releases.find(({ version }) => version === bundle.list.version)
  // The metadata proves who the files are for; the bundle's own words would not.
  if (found === undefined) throw foreign(bundle.file, bundle.list.source.describe, inner.describe)
  const here = `${platform.os}-${platform.arch}`
  const holds = bundle.list.releases.map((each) => each.platform)
  const { artifact } = found
  if ((artifact === null || fileFor(bundle, of, artifact.url) === null) && !holds.includes(here)) {
    throw otherPlatform(bundle.file, here, holds)
  }
  return whole(bundle, of, found)
}

function plainRelease({ platform }: BundleSourceDeps, bundle: Bundle): Release {
  const here = `${platform.os}-${platform.arch}`
  const found = bundle.list.releases.find((each) => each.platform === here)
  const holds = bundle.list.releases.map((each) => each.platform)
  if (found === undefined) throw otherPlatform(bundle.file, here, holds)
  return whole(bundle, { type: bundle.list.source.type }, found.release)
}

/** Found out now, and not in the middle of an update. */
function whole(bundle: Bundle, of: Spec, release: Release): Release {
  const { artifact } = release
  if (artifact !== null && of.type !== 'oci' && fileFor(bundle, of, artifact.url) === null)
    throw notInside(bundle.file, artifact.name)
  return release
}
