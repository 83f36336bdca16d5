import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Digest, digestSchema } from '../../src/core/model/names.ts'

export const registryUser = { username: 'belay', password: 'let-me-in' } as const
/** Its password as htpasswd keeps it; the registry takes bcrypt alone. */
const htpasswd = `${registryUser.username}:$2b$04$8GIO/xvR6TUgSlOXc9XaXOuxaPLefIVnXtnH04NNUDO9opbse8jb.\n`

const program = 'docker-registry'

const imageType = 'application/vnd.docker.distribution.manifest.v2+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const artifactManifest = 'application/vnd.oci.image.manifest.v1+json'

export interface PushedImage {
  readonly digest: Digest
  /** What a pull transfers. */
  readonly bytes: number
}

export interface PushedLayer {
  readonly mediaType: string
  readonly content: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** Debian's docker-registry on a free port of 127.0.0.1. Images are pushed as any client does it. */
export interface RealRegistry extends AsyncDisposable {
  /** Host and port, as they stand in a reference. */
  readonly host: string
  readonly url: string
  /** An image of one layer, which holds `content`; null: under no tag. */
  push(repository: string, tag: string | null, content: string): Promise<PushedImage>
  pushIndex(repository: string, tag: string, entries: Readonly<Record<string, PushedImage>>): Promise<Digest>
  /** A manifest with these as its layers, under a tag; null: under none. */
  pushLayers(repository: string, tag: string | null, layers: readonly PushedLayer[]): Promise<Digest>
  /** Where clients keep what refers to an image when the registry has no list of its own: an index at a tag. */
  refer(repository: string, to: Digest, artifactType: string, manifests: readonly Digest[]): Promise<void>
  /** The same image under more tags. */
  tag(repository: string, digest: Digest, tags: readonly string[]): Promise<void>
}

export async function startRegistry({ auth = false } = {}): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-registry-'))
  await writeFile(join(folder, 'htpasswd'), htpasswd)
  await writeFile(join(folder, 'registry.yml'), settings(folder, auth))
  const child = spawn(program, ['serve', join(folder, 'registry.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/bin`, OTEL_TRACES_EXPORTER: 'none' },
  })
  const stop = async () => {
    const ended = child.exitCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const host = await listening(child)
    return { host, url: `http://${host}`, ...client(`http://${host}`, auth), [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function settings(folder: string, auth: boolean): string {
  const asked = `auth: { htpasswd: { realm: test, path: "${join(folder, 'htpasswd')}" } }\n`
  return `version: 0.1
log: { level: info, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: "${folder}" }, delete: { enabled: true } }
http: { addr: "127.0.0.1:0" }
${auth ? asked : ''}`
}

/** It chooses the port itself and says which. */
async function listening(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('its output is not read')
  const said: string[] = []
  const lines = createInterface({ input: child.stderr })
  for await (const line of lines) {
    const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1]
    if (host !== undefined) {
      child.stderr.resume()
      return host
    }
    said.push(line)
  }
  throw new Error(`docker-registry did not start: ${said.join('\n')}`)
}

function client(url: string, auth: boolean): Pick<RealRegistry, 'push' | 'pushIndex' | 'pushLayers' | 'refer' | 'tag'> {
  const login = Buffer.from(`${registryUser.username}:${registryUser.password}`).toString('base64')
  const headers: Readonly<Record<string, string>> = auth ? { authorization: `Basic ${login}` } : {}

  type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> }
  const ask = async (address: string, init: Init): Promise<Response> => {
    const answer = await fetch(address, { ...init, headers: { ...headers, ...init.headers } })
    if (!answer.ok) throw new Error(`${init.method} ${address}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const pushBlob = async (repository: string, content: string) => {
    const digest = sha256(content)
    const begun = await ask(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST' })
    const place = new URL(begun.headers.get('location') ?? '', url)
    place.searchParams.set('digest', digest)
    await ask(place.href, { method: 'PUT', body: content, headers: { 'content-type': 'application/octet-stream' } })
    return { digest, size: Buffer.byteLength(content) }
  }
  const putManifest = async (repository: string, name: string, type: string, body: string): Promise<Digest> => {
    await ask(`${url}/v2/${repository}/manifests/${name}`, { method: 'PUT', body, headers: { 'content-type': type } })
    return sha256(body)
  }

  return {
    async push(repository, tag, content) {
      const config = await pushBlob(repository, JSON.stringify({ os: 'linux', architecture: 'amd64', content }))
      const layer = await pushBlob(repository, content)
      const body = JSON.stringify({
        schemaVersion: 2,
        mediaType: imageType,
        config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...config },
        layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', ...layer }],
      })
      const digest = await putManifest(repository, tag ?? sha256(body), imageType, body)
      return { digest, bytes: config.size + layer.size }
    },
    async pushIndex(repository, tag, entries) {
      const manifests = Object.entries(entries).map(([platform, { digest, bytes }]) => {
        const [os, architecture, variant] = platform.split('/')
        return { mediaType: imageType, digest, size: bytes, platform: { os, architecture, variant } }
      })
      const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests })
      return await putManifest(repository, tag, indexType, body)
    },
    async pushLayers(repository, tag, parts) {
      const config = await pushBlob(repository, '{}')
      const layers = []
      for (const { content, ...rest } of parts) layers.push({ ...rest, ...(await pushBlob(repository, content)) })
      const json = {
        schemaVersion: 2,
        mediaType: artifactManifest,
        config: { mediaType: 'application/vnd.oci.empty.v1+json', ...config },
        layers,
      }
      const body = JSON.stringify(json)
      return await putManifest(repository, tag ?? sha256(body), artifactManifest, body)
    },
    async refer(repository, to, artifactType, digests) {
      const manifests = digests.map((digest) => ({ mediaType: artifactManifest, digest, size: 1, artifactType }))
      const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests })
      await putManifest(repository, to.replace(':', '-'), indexType, body)
    },
    async tag(repository, digest, tags) {
      const answer = await ask(`${url}/v2/${repository}/manifests/${digest}`, {
        method: 'GET',
        headers: { accept: imageType },
      })
      const body = await answer.text()
      for (const tag of tags) await putManifest(repository, tag, imageType, body)
    },
  }
}

function sha256(content: string): Digest {
  return digestSchema.parse(`sha256:${createHash('sha256').update(content).digest('hex')}`)
}
