import type { BundleFile } from '../../core/bundle/format.ts'
import type { BundledImage } from './image.ts'
import type { Bundle } from './read.ts'
import { endBytes, paddingBytes, tarHeader } from './tar-header.ts'

/**
 * What `docker load` takes: Docker's own list beside an OCI layout, so that every engine finds the one that it reads.
 * Layers are as the registry sent them.
 */
export async function* imageTar(bundle: Bundle, image: BundledImage, name: string): AsyncGenerator<Uint8Array> {
  for (const [path, json] of layoutFiles([{ image, name }])) {
    const text = Buffer.from(JSON.stringify(json))
    yield* framed(path, text.byteLength, [text])
  }
  const blobs = new Map([image.manifest, image.config, ...image.layers].map((file) => [file.path, file]))
  for (const file of blobs.values()) yield* framed(file.path, file.bytes, bundle.open(file, 0).chunks)
  yield Buffer.alloc(endBytes)
}

interface Named {
  readonly image: Pick<BundledImage, 'mediaType'> &
    Readonly<Record<'manifest' | 'config', PathOf>> & {
      readonly layers: readonly Pick<BundleFile, 'path'>[]
    }
  readonly name: string
}
type PathOf = Pick<BundleFile, 'path' | 'bytes' | 'sha256'>

/** The three files that say what the blobs beside them are. */
export function layoutFiles(images: readonly Named[]): readonly (readonly [path: string, json: object])[] {
  const manifests = images.map(({ image, name }) => ({
    mediaType: image.mediaType,
    digest: `sha256:${image.manifest.sha256}`,
    size: image.manifest.bytes,
    annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name },
  }))
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  return [
    ['oci-layout', { imageLayoutVersion: '1.0.0' }],
    ['index.json', { schemaVersion: 2, mediaType, manifests }],
    [
      'manifest.json',
      images.map(({ image, name }) => ({
        Config: image.config.path,
        RepoTags: [name],
        Layers: image.layers.map(({ path }) => path),
      })),
    ],
  ]
}

async function* framed(
  path: string,
  bytes: number,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const header = tarHeader(path, bytes)
  if (header === null) throw new Error(`${path} does not fit into a tar`)
  yield header
  yield* chunks
  yield Buffer.alloc(paddingBytes(bytes))
}
