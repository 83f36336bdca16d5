import { Readable } from 'node:stream'
import { tagFamily } from '../../core/image/family.ts'
import { followedVersion } from '../../core/image/running.ts'
import type { Digest, Spec } from '../../core/model/names.ts'
import type { Artifact, Release } from '../../core/model/release.ts'
import type { Platform } from '../../core/release/platform.ts'
import type { AnswerCache } from '../../host/http/cache.ts'
import type { ByteStream, Listing, ListOptions, Source } from '../../ports/source.ts'
import { noPlatform, notAFile } from './failures.ts'
import { manifestBytesMax, openImages } from './images.ts'
import type { Images } from './images.ts'
import { acceptManifests, imagePlatform, pickEntry, platformName, platformNames } from './manifest.ts'
import { publishedAs, withNotes } from './notes.ts'
import { openRegistry } from './registry.ts'
import type { Asker, Registry, RegistryDeps } from './registry.ts'
import { imageOf, ociSchema } from './schema.ts'
import type { Image, OciConfig } from './schema.ts'
import type { z } from 'zod'

export interface OciDeps extends RegistryDeps {
  readonly cache: AnswerCache
  readonly platform: Platform
  /** Where notes, dates and prerelease flags come from: another source, opened by main. */
  readonly releases: {
    readonly config: z.ZodType<Spec>
    readonly list: (spec: Spec, options: ListOptions) => Promise<Listing>
    readonly atRoot: (spec: Spec, release: Release, name: string, signal: AbortSignal) => Promise<Artifact | null>
    readonly open: (spec: Spec, artifact: Artifact, offset: number, signal: AbortSignal) => Promise<ByteStream>
  }
}

/** The listing that the release was chosen from was asked for with it. */
const notesCacheMs = 60 * 60 * 1000

/**
 * The tags of an image. One that names no version (`latest`) is followed by its digest: its only release is what it
 * names now. One object serves all components, so that they share tokens.
 */
export function ociSource(deps: OciDeps): Source<OciConfig> {
  const registry = openRegistry(deps)
  const images = openImages({ ...deps, registry })
  const askerOf = (config: OciConfig, signal: AbortSignal): Asker => {
    const { username, password } = config
    const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
    return { image: imageOf(config), login, signal }
  }
  const artifactOf = (image: Image, tag: string, digest: Digest | null): Artifact => ({
    name: `${image.name}:${tag}`,
    url: registry.url(image, `manifests/${digest ?? tag}`),
    bytes: null,
    digest,
  })

  return {
    kind: 'oci',
    config: ociSchema(deps.releases.config),
    describe: (config) => `image ${imageOf(config).name}${config.tag === undefined ? '' : `:${config.tag}`}`,
    list: async (config, options) => {
      const asker = askerOf(config, options.signal)
      const tag = config.tag ?? options.tag ?? null
      if (tag !== null) {
        const { value: digest, ...when } = await images.digest(asker, tag, options)
        return {
          ...when,
          releases: [{ ...bare(followedVersion(tag, digest), tag), artifact: artifactOf(asker.image, tag, digest) }],
        }
      }
      const { value: tags, ...when } = await images.tags(asker, options)
      const releases = tags.flatMap((one) => {
        const family = tagFamily(one)
        return family === null ? [] : [{ ...bare(family.version, one), artifact: artifactOf(asker.image, one, null) }]
      })
      if (config.releases === undefined) return { ...when, releases }
      const notes = await deps.releases.list(config.releases, options)
      return {
        releases: withNotes(releases, notes.releases),
        checkedAt: [when.checkedAt, notes.checkedAt].toSorted()[0] ?? when.checkedAt,
        fromCache: when.fromCache && notes.fromCache,
      }
    },
    pin: async (config, release, signal) => {
      const asker = askerOf(config, signal)
      const { tag, artifact } = release
      const digest = artifact?.digest ?? (await images.digest(asker, tag, { force: true, cacheMs: 0 })).value
      const bytes = await bytesOf(images, asker, digest, deps.platform)
      return { ...release, artifact: { ...artifactOf(asker.image, tag, digest), bytes } }
    },
    credentials: (config, signal) => {
      const { image, login } = askerOf(config, signal)
      return deps.login(image, login, signal)
    },
    parts: async (config, { artifact }, signal) => {
      const asker = askerOf(config, signal)
      if (artifact === null || artifact.digest === null) throw notAFile(asker.image.name)
      const parts = await partsOf(images, asker, artifact.digest, deps.platform)
      return parts.map(({ path, digest, bytes }) => ({
        name: `blobs/${digest.replace(':', '/')}`,
        url: registry.url(asker.image, `${path}/${digest}`),
        bytes,
        digest,
      }))
    },
    atRoot: async ({ releases }, { version }, name, signal) => {
      if (releases === undefined) return null
      const { releases: known } = await deps.releases.list(releases, { force: false, cacheMs: notesCacheMs, signal })
      const published = publishedAs(version, known)
      return published === null ? null : deps.releases.atRoot(releases, published, name, signal)
    },
    open: async (config, artifact, offset, signal) => {
      const image = imageOf(config)
      const inRegistry = artifact.url.startsWith(registry.url(image, ''))
      if (inRegistry && artifact.digest !== null && artifact.name.startsWith('blobs/'))
        return opened(registry, artifact, offset, askerOf(config, signal))
      if (inRegistry || config.releases === undefined) throw notAFile(image.name)
      return deps.releases.open(config.releases, artifact, offset, signal)
    },
  }
}

const bare = (version: string, tag: string): Omit<Release, 'artifact'> => ({
  version,
  tag,
  title: null,
  notes: null,
  url: null,
  publishedAt: null,
  prerelease: false,
  checksums: [],
  assets: [],
})

/** A manifest is given in the form that was asked for, so it is asked for as an answer; a layer may be gigabytes. */
async function opened(registry: Registry, artifact: Artifact, offset: number, asker: Asker): Promise<ByteStream> {
  const { name, url } = artifact
  if (!url.includes('/manifests/')) return registry.open(url, offset, name, asker)
  const { body } = await registry.ask(url, { accept: acceptManifests, bytesMax: manifestBytesMax, what: name }, asker)
  return { offset: 0, totalBytes: body.byteLength, chunks: Readable.from([body]) }
}

interface Part {
  readonly path: 'manifests' | 'blobs'
  readonly digest: Digest
  readonly bytes: number | null
}

/** The manifest that the digest names, this host's own where that is another one, and what it is made of. */
async function partsOf(images: Images, asker: Asker, digest: Digest, host: Platform): Promise<readonly Part[]> {
  const manifest = await images.manifest(asker, digest)
  const named: Part = { path: 'manifests', digest, bytes: null }
  if (manifest.kind === 'index') {
    const platform = imagePlatform(host)
    const entry = pickEntry(manifest.entries, platform)
    if (entry === null) throw noPlatform(asker.image.name, platformName(platform), platformNames(manifest.entries))
    return [named, ...(await partsOf(images, asker, entry.digest, host))]
  }
  if (manifest.kind !== 'image') return [named]
  return [named, ...manifest.parts.map((part): Part => ({ path: 'blobs', digest: part.digest, bytes: part.size }))]
}

/** What this host transfers of the image. E_PLATFORM where it is not made for this host. */
async function bytesOf(images: Images, asker: Asker, digest: Digest, host: Platform): Promise<number | null> {
  const manifest = await images.manifest(asker, digest)
  if (manifest.kind === 'image') return manifest.bytes
  if (manifest.kind !== 'index') return null
  const platform = imagePlatform(host)
  const entry = pickEntry(manifest.entries, platform)
  if (entry === null) throw noPlatform(asker.image.name, platformName(platform), platformNames(manifest.entries))
  const own = await images.manifest(asker, entry.digest)
  return own.kind === 'image' ? own.bytes : null
}
