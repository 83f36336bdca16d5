/**
 * A tiny application as container images, made and pushed over the registry's own API: no engine and no network take part,
 * no two of them share what is special to a version, and the engine has none of it until somebody pulls.
 *
 * It serves its `/version`, `/health` and, where a volume is mounted at /data, `/data/starts`: a line for every start.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { type Pack, pack } from 'tar-stream'
import type { Registry } from './registry.ts'

/**
 * `unhealthy`: its healthcheck fails; `crashes`: exits 3 at its start; `deaf`: ignores SIGTERM, as PID 1 without a handler
 * does; `slow`: listens after two seconds; `sick-worker`: unhealthy where ROLE=worker, well elsewhere.
 */
export type ImageFault = 'none' | 'unhealthy' | 'crashes' | 'deaf' | 'slow' | 'sick-worker'

export interface ImageRecipe {
  /** What it serves, and its label `org.opencontainers.image.version`. */
  readonly version: string
  /** `[version]` when absent. */
  readonly tags?: readonly string[] | undefined
  readonly fault?: ImageFault | undefined
  /** An OCI index with another platform beside this one, as publishers make them; else a plain manifest. */
  readonly index?: boolean | undefined
  /** Bytes that cannot be compressed, so that a pull takes its time; 64 KiB when absent. */
  readonly payloadBytes?: number | undefined
  /** What its manifest says of the size of its last layer, when that is not true. */
  readonly claimedBytes?: number | undefined
  /** False leaves the healthcheck out. */
  readonly healthcheck?: boolean | undefined
}

export interface PushedImage {
  /** Of what the tags name: the index where there is one. */
  readonly digest: string
  /** Of this platform's manifest. */
  readonly manifest: string
  /** Compressed layers of this platform. */
  readonly bytes: number
}

interface Blob {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

const platform = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' }
const otherPlatform = { os: 'linux', architecture: process.arch === 'arm64' ? 'amd64' : 'arm64' }

const dockerTypes = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
}
const ociTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}
const ociIndex = 'application/vnd.oci.image.index.v1+json'
const acceptAll = [dockerTypes.manifest, ociTypes.manifest, ociIndex].join(', ')

const applets = ['sh', 'cat', 'httpd', 'ln', 'mkdir', 'rm', 'sleep', 'touch', 'wget']

const serve = `#!/bin/sh
version=$(cat /app/version) fault=$(cat /app/fault)
case $fault in
  crashes) echo "$version cannot start" >&2; exit 3 ;;
  slow) sleep 2 ;;
esac
mkdir -p /www/data
echo "$version" >/www/version
if [ -d /data ]; then echo "$version" >>/data/starts; ln -sf /data/starts /www/data/starts; fi
if [ "$fault" = unhealthy ] || [ "$fault-$ROLE" = sick-worker-worker ]; then rm -f /www/health; else touch /www/health; fi
if [ "$fault" = deaf ]; then exec httpd -f -p 8080 -h /www; fi
trap 'exit 0' TERM INT
httpd -f -p 8080 -h /www &
wait
`

/** Often enough for a test; each one is a process that the engine starts, and many containers have many. */
const healthcheck = {
  Test: ['CMD', 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:8080/health'],
  Interval: 1_000_000_000,
  Timeout: 30_000_000_000,
  Retries: 2,
}

/** Makes an image and pushes it to `repository`, such as `shop/app`. */
export async function pushImage(registry: Registry, repository: string, recipe: ImageRecipe): Promise<PushedImage> {
  const { version, tags = [version], fault = 'none', payloadBytes = 64 * 1024, index = false } = recipe
  const layers = [await baseLayer(), await versionLayer(version, fault, payloadBytes)]
  const types = index ? ociTypes : dockerTypes
  const pushed: Blob[] = []
  for (const layer of layers) pushed.push(await pushBlob(registry, repository, types.layer, gzipSync(layer)))
  const last = pushed.pop()
  if (last !== undefined) pushed.push({ ...last, size: recipe.claimedBytes ?? last.size })
  const manifestFor = async (on: typeof platform): Promise<{ text: string; blob: Blob }> => {
    const config = await pushBlob(registry, repository, types.config, json(configOf(recipe, on, layers.map(diffId))))
    const text = json({ schemaVersion: 2, mediaType: types.manifest, config, layers: pushed }).toString()
    return { text, blob: blobOf(types.manifest, Buffer.from(text)) }
  }
  const bytes = pushed.reduce((sum, { size }) => sum + size, 0)
  const here = await manifestFor(platform)
  const manifest = here.blob.digest
  if (!index) {
    for (const tag of tags) await putManifest(registry, repository, tag, types.manifest, here.text)
    return { digest: manifest, manifest, bytes }
  }
  const there = await manifestFor(otherPlatform)
  for (const { text, blob } of [here, there]) await putManifest(registry, repository, blob.digest, types.manifest, text)
  const manifests = [
    { ...there.blob, platform: otherPlatform },
    { ...here.blob, platform },
  ]
  const text = json({ schemaVersion: 2, mediaType: ociIndex, manifests }).toString()
  for (const tag of tags) await putManifest(registry, repository, tag, ociIndex, text)
  return { digest: digestOf(Buffer.from(text)), manifest, bytes }
}

/** Lets a tag name what another one does, as a publisher moves `latest`. */
export async function moveTag(registry: Registry, repository: string, from: string, tag: string): Promise<void> {
  const found = await call(registry, `${repository}/manifests/${from}`, { headers: { accept: acceptAll } })
  await putManifest(
    registry,
    repository,
    tag,
    found.headers.get('content-type') ?? dockerTypes.manifest,
    await found.text(),
  )
}

/** Takes the tag away, and what it names. */
export async function deleteTag(registry: Registry, repository: string, tag: string): Promise<void> {
  const found = await call(registry, `${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept: acceptAll },
  })
  await call(registry, `${repository}/manifests/${found.headers.get('docker-content-digest') ?? ''}`, {
    method: 'DELETE',
  })
}

/** Takes away the newest layer of what a tag names: it is still listed, and cannot be pulled. */
export async function deleteLayer(registry: Registry, repository: string, tag: string): Promise<void> {
  const found = await call(registry, `${repository}/manifests/${tag}`, { headers: { accept: dockerTypes.manifest } })
  const { layers } = (await found.json()) as { readonly layers: readonly Blob[] }
  await call(registry, `${repository}/blobs/${layers.at(-1)?.digest}`, { method: 'DELETE' })
}

function configOf(
  { version, healthcheck: healthy = true }: ImageRecipe,
  on: typeof platform,
  diffIds: string[],
): object {
  return {
    ...on,
    created: '2026-01-01T00:00:00Z',
    config: {
      Env: ['PATH=/bin'],
      Cmd: ['/app/serve'],
      ExposedPorts: { '8080/tcp': {} },
      Labels: { 'org.opencontainers.image.version': version },
      ...(healthy ? { Healthcheck: healthcheck } : {}),
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: [],
  }
}

async function baseLayer(): Promise<Buffer> {
  const busybox = await readFile('/bin/busybox')
  if (needsLoader(busybox)) throw new Error('/bin/busybox is not static: apt-get install busybox-static')
  const tar = pack()
  for (const name of ['bin', 'app', 'tmp', 'www']) tar.entry({ ...same, name, type: 'directory', mode: 0o755 })
  tar.entry({ ...same, name: 'bin/busybox', mode: 0o755 }, busybox)
  for (const name of applets) tar.entry({ ...same, name: `bin/${name}`, type: 'symlink', linkname: 'busybox' })
  tar.entry({ ...same, name: 'app/serve', mode: 0o755 }, serve)
  return finished(tar)
}

/** Whether an ELF program of 64 bits names an interpreter (PT_INTERP): a dynamic one, which an empty image cannot run. */
function needsLoader(elf: Buffer): boolean {
  const [at, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)]
  return Array.from({ length: count }, (_, i) => elf.readUInt32LE(at + i * size)).includes(3)
}

async function versionLayer(version: string, fault: ImageFault, payloadBytes: number): Promise<Buffer> {
  const tar = pack()
  tar.entry({ ...same, name: 'app/version' }, `${version}\n`)
  tar.entry({ ...same, name: 'app/fault' }, `${fault}\n`)
  tar.entry({ ...same, name: 'app/payload' }, randomBytes(payloadBytes))
  return finished(tar)
}

const same = { mtime: new Date(0), mode: 0o644 } as const

async function finished(tar: Pack): Promise<Buffer> {
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function pushBlob(registry: Registry, repository: string, mediaType: string, bytes: Buffer): Promise<Blob> {
  const blob = blobOf(mediaType, bytes)
  const begun = await call(registry, `${repository}/blobs/uploads/`, { method: 'POST' })
  const to = new URL(begun.headers.get('location') ?? '', registry.url)
  to.searchParams.set('digest', blob.digest)
  const headers = { 'content-type': 'application/octet-stream' }
  await call(registry, to, { method: 'PUT', headers, body: new Uint8Array(bytes) })
  return blob
}

async function putManifest(
  registry: Registry,
  repository: string,
  as: string,
  type: string,
  text: string,
): Promise<void> {
  const path = `${repository}/manifests/${as}`
  await call(registry, path, { method: 'PUT', headers: { 'content-type': type }, body: text })
}

interface Asking {
  readonly method?: 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

async function call(registry: Registry, to: string | URL, init: Asking): Promise<Response> {
  const url = typeof to === 'string' ? new URL(`/v2/${to}`, registry.url) : to
  const headers = { ...registry.headers, ...init.headers }
  const response = await fetch(url, { ...init, headers })
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url.href}: ${response.status} ${await response.text()}`)
  return response
}

function blobOf(mediaType: string, bytes: Buffer): Blob {
  return { mediaType, digest: digestOf(bytes), size: bytes.length }
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const diffId = (layer: Buffer): string => digestOf(layer)
const json = (value: object): Buffer => Buffer.from(JSON.stringify(value))
