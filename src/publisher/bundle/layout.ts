import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { BundleList } from '../../core/bundle/format.ts'
import { layoutFiles } from '../../host/bundle/image-tar.ts'
import type { Stage, Staged } from './stage.ts'

const imageSchema = z.object({
  mediaType: z.string().default('application/vnd.oci.image.manifest.v1+json'),
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ digest: z.string() })),
})

/**
 * Makes an OCI layout of a bundle that holds images, for other tools: `docker load` and `skopeo` take it as it is. Belay
 * itself finds images by their digests.
 */
export async function addLayout(stage: Stage, releases: BundleList['releases']): Promise<void> {
  const named = []
  for (const { release, blobs } of releases) {
    const manifests = await Promise.all(blobs.map((digest) => imageOf(stage, digest)))
    const image = manifests.find((found) => found !== null)
    if (image !== undefined && image !== null) named.push({ image, name: release.artifact?.name ?? release.tag })
  }
  if (named.length === 0) return
  for (const [path, json] of layoutFiles(named))
    await stage.add(`layout:${path}`, path, [Buffer.from(JSON.stringify(json))])
}

/** null: an index, a config or a layer. */
async function imageOf(stage: Stage, digest: string) {
  const manifest = blobIn(stage, digest)
  if (manifest === null || manifest.bytes > 1024 * 1024 || !manifest.url.includes('/manifests/')) return null
  const image = imageSchema.safeParse(JSON.parse(await readFile(manifest.at, 'utf8'))).data
  if (image === undefined) return null
  const config = blobIn(stage, image.config.digest)
  const layers = image.layers.flatMap((layer) => blobIn(stage, layer.digest) ?? [])
  return config === null ? null : { manifest, config, layers, mediaType: image.mediaType }
}

function blobIn({ files }: Stage, digest: string): Staged | null {
  return files.find(({ path }) => path === `blobs/${digest.replace(':', '/')}`) ?? null
}
