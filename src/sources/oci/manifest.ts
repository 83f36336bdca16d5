import { z } from 'zod'
import { type Digest, digestSchema } from '../../core/model/names.ts'
import { bytesCount } from '../../core/release/spec.ts'
import type { Platform } from '../../core/release/platform.ts'

/** Everything that a tag may name today: an index of platforms, or one image, in the OCI's words and in Docker's. */
const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const
const imageTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const

export const acceptManifests = [...indexTypes, ...imageTypes].join(', ')

const platformSchema = z.object({
  os: z.string().max(64),
  architecture: z.string().max(64),
  variant: z.string().max(64).nullish(),
})
export type ImagePlatform = z.infer<typeof platformSchema>

const entrySchema = z.object({ digest: digestSchema, size: bytesCount, platform: platformSchema.nullish() })
const partSchema = z.object({ digest: digestSchema, size: bytesCount })
type Part = z.infer<typeof partSchema>

const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(entrySchema).max(1000) })
const imageSchema = z.object({ schemaVersion: z.literal(2), config: partSchema, layers: z.array(partSchema).max(1000) })

export type Manifest =
  | { readonly kind: 'index'; readonly entries: readonly z.infer<typeof entrySchema>[] }
  /** `bytes`: what is transferred, layers compressed. `parts`: its config, then its layers from the lowest up. */
  | { readonly kind: 'image'; readonly bytes: number; readonly parts: readonly Part[] }
  | { readonly kind: 'schema1' }
  | { readonly kind: 'other'; readonly what: string }

/** A manifest by what it holds: its media type is optional, and registries mistake it. */
export function readManifest(json: unknown): Manifest {
  const index = indexSchema.safeParse(json)
  if (index.success) return { kind: 'index', entries: index.data.manifests }
  const image = imageSchema.safeParse(json)
  if (image.success) {
    const { config, layers } = image.data
    return {
      kind: 'image',
      bytes: layers.reduce((sum, layer) => sum + layer.size, config.size),
      parts: [config, ...layers],
    }
  }
  if (z.object({ schemaVersion: z.literal(1) }).safeParse(json).success) return { kind: 'schema1' }
  return { kind: 'other', what: 'answers with something that is no manifest of an image' }
}

/** Docker's first format has no digest of its own: what a registry states for it is made up anew at each request. */
export function isSchema1(contentType: string | undefined): boolean {
  return /^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:json|prettyjws)/i.test(contentType ?? '')
}

/** Node's words for a platform in those of images. Containers are Linux wherever their engine runs. */
export function imagePlatform({ arch }: Platform): ImagePlatform {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' }
  return { os: 'linux', architecture: names[arch] ?? arch }
}

type Entry = z.infer<typeof entrySchema>

/**
 * The entry that an engine on `platform` takes. Variants are steps of one architecture, and a processor runs all below
 * its own: which one it has is not known here, so the most common comes first (`arm64/v8`, `arm/v7`, plain `amd64`).
 */
export function pickEntry(entries: readonly Entry[], platform: ImagePlatform): Entry | null {
  const fits = entries.filter(
    (entry) => entry.platform?.os === platform.os && entry.platform.architecture === platform.architecture,
  )
  const order: Readonly<Record<string, readonly string[]>> = {
    arm: ['v7', '', 'v6', 'v5'],
    arm64: ['v8', ''],
    amd64: ['', 'v1', 'v2'],
  }
  const wanted = platform.variant === null || platform.variant === undefined ? [] : [platform.variant]
  const ranks = [...wanted, ...(order[platform.architecture] ?? [''])]
  const found = ranks.map((variant) => fits.find((entry) => (entry.platform?.variant ?? '') === variant))
  return found.find((entry) => entry !== undefined) ?? null
}

/** For messages: `linux/arm64`. Entries of `unknown` describe another entry, and are no image. */
export function platformNames(entries: readonly Entry[]): readonly string[] {
  const names = entries.flatMap(({ platform }) =>
    platform === null || platform === undefined ? [] : [platformName(platform)],
  )
  return [...new Set(names.filter((name) => !name.startsWith('unknown')))]
}

export function platformName({ os, architecture, variant }: ImagePlatform): string {
  return [os, architecture, ...(variant === null || variant === undefined || variant === '' ? [] : [variant])].join('/')
}

/** A header's digest; null: none, or one of another algorithm, which nothing here compares. */
export function digestOf(text: string | undefined): Digest | null {
  return digestSchema.safeParse(text).data ?? null
}
