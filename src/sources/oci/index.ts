import { tagFamily } from '../../core/image/family.ts'
import { followedVersion } from '../../core/image/running.ts'
import type { Digest, Spec } from '../../core/model/names.ts'
import type { Artifact, Release } from '../../core/model/release.ts'
import type { Platform } from '../../core/release/platform.ts'
import type { AnswerCache } from '../../host/http/cache.ts'
import type { Listing, ListOptions, Source } from '../../ports/source.ts'
import { noPlatform, notAFile } from './failures.ts'
import { openImages } from './images.ts'
import type { Images } from './images.ts'
import { imagePlatform, pickEntry, platformName, platformNames } from './manifest.ts'
import { withNotes } from './notes.ts'
import { openRegistry } from './registry.ts'
import type { Asker, RegistryDeps } from './registry.ts'
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
  }
}

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
    open: async (config) => {
      throw notAFile(imageOf(config).name)
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
