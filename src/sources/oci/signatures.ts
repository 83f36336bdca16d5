import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Digest, digestSchema } from '../../core/model/names.ts'
import { imagePayloadBytesMax } from '../../core/trust/sigstore/image-payload.ts'
import { parseJson } from '../../host/http/json.ts'
import { bundleBytesMax } from '../../host/signatures/bundle-limits.ts'
import type { ImageSignature } from '../../host/signatures/image-signature.ts'
import { notGenuine } from './failures.ts'
import type { Asker, Registry } from './registry.ts'

const manifestBytesMax = 4 * 1024 * 1024
/** Anybody who may push can add signatures: those of the first ones are asked for. */
const signaturesMax = 32

const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const textType = 'application/vnd.dev.cosign.simplesigning.v1+json'
/** `…bundle.v0.3+json` and what comes after it. */
const bundleType = /^application\/vnd\.dev\.sigstore\.bundle\.v\d+\.\d+\+json$/

const annotation = z.string().max(256 * 1024)
const layerSchema = z.object({
  mediaType: z.string().max(256),
  digest: digestSchema,
  annotations: z.record(z.string(), annotation).nullish(),
})
const manifestSchema = z.object({ layers: z.array(layerSchema).max(1000) })
const indexSchema = z.object({
  manifests: z.array(z.object({ digest: digestSchema, artifactType: z.string().max(256).nullish() })).max(1000),
})

/** Every signature that a registry has of an image: at the tag that cosign gives them, and among those that refer to it. */
export async function imageSignatures(
  registry: Registry,
  asker: Asker,
  digest: Digest,
): Promise<readonly ImageSignature[]> {
  const tag = digest.replace(':', '-')
  const at = await layersOf(registry, asker, `${tag}.sig`)
  const referring = await referrers(registry, asker, digest)
  const layers = [...at]
  for (const one of referring.slice(0, signaturesMax)) layers.push(...(await layersOf(registry, asker, one)))
  const found: ImageSignature[] = []
  for (const layer of layers.slice(0, signaturesMax)) {
    const signature = await signatureIn(registry, asker, layer)
    if (signature !== null) found.push(signature)
  }
  return found
}

type Layer = z.infer<typeof layerSchema>

async function layersOf(registry: Registry, asker: Asker, reference: string): Promise<readonly Layer[]> {
  const json = await manifestAt(registry, asker, `manifests/${reference}`, manifestType)
  return manifestSchema.safeParse(json).data?.layers.filter(isSignature) ?? []
}

const isSignature = ({ mediaType }: Layer): boolean => mediaType === textType || bundleType.test(mediaType)

/** By the registry's own list, or where it keeps none (before OCI 1.1), by the tag that clients keep it at. */
async function referrers(registry: Registry, asker: Asker, digest: Digest): Promise<readonly Digest[]> {
  const listed = await manifestAt(registry, asker, `referrers/${digest}`, indexType)
  const json = listed ?? (await manifestAt(registry, asker, `manifests/${digest.replace(':', '-')}`, indexType))
  const all = indexSchema.safeParse(json).data?.manifests ?? []
  return all.filter(({ artifactType }) => refersBySignature(artifactType ?? '')).map((entry) => entry.digest)
}

/** Old clients left the type out. */
const refersBySignature = (type: string): boolean =>
  type === '' || bundleType.test(type) || type === 'application/vnd.dev.cosign.artifact.sig.v1+json'

/** null: there is no such thing. */
async function manifestAt(registry: Registry, asker: Asker, path: string, accept: string): Promise<unknown> {
  const question = { accept, bytesMax: manifestBytesMax, what: path, passes: [404, 400, 405] }
  const answer = await registry.ask(registry.url(asker.image, path), question, asker)
  return answer.status === 200 ? parseJson(answer) : null
}

async function signatureIn(registry: Registry, asker: Asker, layer: Layer): Promise<ImageSignature | null> {
  const note = (name: string): string | null => layer.annotations?.[name] ?? null
  if (layer.mediaType !== textType) {
    const blob = await blobAt(registry, asker, layer.digest, bundleBytesMax)
    return { kind: 'bundle', bundle: jsonIn(blob.toString('utf8')) }
  }
  const signature = note('dev.cosignproject.cosign/signature')
  if (signature === null) return null
  return {
    kind: 'text',
    payload: await blobAt(registry, asker, layer.digest, imagePayloadBytesMax),
    signature,
    certificate: note('dev.sigstore.cosign/certificate'),
    log: jsonIn(note('dev.sigstore.cosign/bundle') ?? ''),
  }
}

async function blobAt(registry: Registry, asker: Asker, digest: Digest, bytesMax: number): Promise<Buffer> {
  const question = { accept: '*/*', bytesMax, what: `blob ${digest}` }
  const { body } = await registry.ask(registry.url(asker.image, `blobs/${digest}`), question, asker)
  const actual = `sha256:${createHash('sha256').update(body).digest('hex')}`
  if (actual !== digest) throw notGenuine(asker.image.name, digest, actual)
  return body
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
