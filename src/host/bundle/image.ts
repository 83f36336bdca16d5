import { z } from 'zod'
import type { BundleFile } from '../../core/bundle/format.ts'
import { type Digest, digestSchema } from '../../core/model/names.ts'
import { damaged, otherPlatform } from './failures.ts'
import type { Bundle } from './read.ts'

/** For one platform. `manifest` and `config`: by which of them an engine calls it, is its own matter. */
export interface BundledImage {
  readonly manifest: BundleFile
  readonly mediaType: string
  readonly config: BundleFile
  readonly layers: readonly BundleFile[]
}

export interface ImageFor {
  readonly os: string
  readonly architecture: string
  readonly variant: string | null
}

const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().nullish() })
const indexSchema = z.object({
  manifests: z.array(z.object({ digest: digestSchema, platform: platformSchema.nullish() })).max(1000),
})
const partSchema = z.object({ digest: digestSchema })
const imageSchema = z.object({
  mediaType: z.string().max(256).default('application/vnd.oci.image.manifest.v1+json'),
  config: partSchema,
  layers: z.array(partSchema).max(1000),
})

const manifestBytesMax = 4 * 1024 * 1024

/**
 * The image that a digest names: that digest proves its manifest, and the manifest everything else, as if each had come
 * from a registry. E_BUNDLE_INVALID, E_BUNDLE_FOREIGN (it is for other platforms).
 */
export async function bundledImage(bundle: Bundle, digest: Digest, host: ImageFor): Promise<BundledImage> {
  const named = blobOf(bundle, digest)
  const json = await readJson(bundle, named)
  const index = indexSchema.safeParse(json)
  if (!index.success) return imageIn(bundle, named, json)
  const own = index.data.manifests.filter(
    ({ platform }) => platform?.os === host.os && platform.architecture === host.architecture,
  )
  const best = own.filter(({ platform }) => (platform?.variant ?? null) === host.variant)
  const found = [...best, ...own].map((entry) => findBlob(bundle, entry.digest)).find((file) => file !== null)
  if (found === undefined || found === null) {
    const holds = bundle.list.releases.map(({ platform }) => platform)
    throw otherPlatform(bundle.file, `${host.os}-${host.architecture}`, holds)
  }
  return imageIn(bundle, found, await readJson(bundle, found))
}

function imageIn(bundle: Bundle, manifest: BundleFile, json: unknown): BundledImage {
  const image = imageSchema.safeParse(json)
  if (!image.success) throw damaged(bundle.file, `has a ${manifest.path} that is no manifest of an image`)
  const { mediaType, config, layers } = image.data
  return {
    manifest,
    mediaType,
    config: blobOf(bundle, config.digest),
    layers: layers.map((layer) => blobOf(bundle, layer.digest)),
  }
}

async function readJson(bundle: Bundle, file: BundleFile): Promise<unknown> {
  if (file.bytes > manifestBytesMax) throw damaged(bundle.file, `has a ${file.path} that is too large for a manifest`)
  try {
    return JSON.parse((await bundle.read(file)).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(bundle.file, `has a ${file.path} that is no JSON`)
    throw error
  }
}

function blobOf(bundle: Bundle, digest: Digest): BundleFile {
  const found = findBlob(bundle, digest)
  if (found === null) throw damaged(bundle.file, `does not hold ${digest}`)
  return found
}

function findBlob(bundle: Bundle, digest: Digest): BundleFile | null {
  const found = bundle.find(`blobs/${digest.replace(':', '/')}`)
  // Its content is compared with this digest whenever it is read.
  if (found !== null && `sha256:${found.sha256}` !== digest)
    throw damaged(bundle.file, `has something else as ${digest}`)
  return found
}
