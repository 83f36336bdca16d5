import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Digest, digestSchema, type Spec } from '../../core/model/names.ts'
import type { AnswerCache, CachedAnswer } from '../../host/http/cache.ts'
import { type TestServer, sendJson, testClient, testServer, untouched } from '../../host/http/testing.ts'
import type { Listing, ListOptions, RegistryAuth } from '../../ports/source.ts'
import { z } from 'zod'
import { ociSource } from './index.ts'

/** For tests alone: a registry that says what it is told to, so that it can say what real ones say on bad days only. */
export interface TestRegistry {
  readonly tags: string[]
  /** By tag and by digest. */
  readonly manifests: Map<string, { readonly type: string; readonly body: string }>
  /** Answers in the registry's place where it gives true. */
  door: (request: IncomingMessage, response: ServerResponse) => boolean
  pageLength: number
}

export const ociIndexType = 'application/vnd.oci.image.index.v1+json'
export const ociImageType = 'application/vnd.oci.image.manifest.v1+json'

export function digestOfText(text: string): Digest {
  return digestSchema.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`)
}

/** A manifest under a tag; gives its digest. */
export function publish(registry: TestRegistry, tag: string | null, json: object, type = ociImageType): Digest {
  const body = JSON.stringify(json)
  const digest = digestOfText(body)
  registry.manifests.set(digest, { type, body })
  if (tag === null) return digest
  registry.manifests.set(tag, { type, body })
  if (!registry.tags.includes(tag)) registry.tags.push(tag)
  return digest
}

export const image = (...layerBytes: number[]) => ({
  schemaVersion: 2,
  mediaType: ociImageType,
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOfText('c'), size: 100 },
  layers: layerBytes.map((size) => ({ mediaType: 'x', digest: digestOfText(String(size)), size })),
})

export const index = (...entries: readonly (readonly [digest: Digest, platform: object])[]) => ({
  schemaVersion: 2,
  mediaType: ociIndexType,
  manifests: entries.map(([digest, platform]) => ({ mediaType: ociImageType, digest, size: 1, platform })),
})

function serve(registry: TestRegistry, request: IncomingMessage, response: ServerResponse): void {
  if (registry.door(request, response)) return
  const url = new URL(request.url ?? '', 'http://registry')
  const named = /^\/v2\/o\/app\/manifests\/([^/]+)$/.exec(url.pathname)?.[1]
  if (url.pathname === '/v2/o/app/tags/list') return sendTags(registry, url, response)
  const manifest = named === undefined ? undefined : registry.manifests.get(named)
  if (manifest === undefined) {
    response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}')
    return
  }
  const headers = { 'content-type': manifest.type, 'docker-content-digest': digestOfText(manifest.body) }
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(manifest.body) })
  response.end(request.method === 'HEAD' ? undefined : manifest.body)
}

function sendTags({ tags, pageLength }: TestRegistry, url: URL, response: ServerResponse): void {
  const last = url.searchParams.get('last')
  const rest = last === null ? tags : tags.slice(tags.indexOf(last) + 1)
  const page = rest.slice(0, pageLength)
  // As behind a proxy: the registry knows neither its own name nor that it is asked over https.
  const more = { link: `<http://inside:5000${url.pathname}?last=${page.at(-1)}&n=${pageLength}>; rel="next"` }
  sendJson(response, { name: 'o/app', tags: page }, rest.length > pageLength ? more : {})
}

interface BenchOptions {
  readonly auth?: RegistryAuth | null
  readonly allowHttp?: readonly string[]
  readonly releases?: (spec: Spec, options: ListOptions) => Promise<Listing>
}

/** The source with a registry, a cache in memory and a clock that stands. */
export async function ociBench(options: BenchOptions = {}) {
  const { auth = null, allowHttp = ['127.0.0.1'], releases } = options
  const registry: TestRegistry = { tags: [], manifests: new Map(), door: () => false, pageLength: 1000 }
  const server: TestServer = await testServer((request, response) => serve(registry, request, response))
  const host = new URL(server.url).host
  const client = testClient({}, allowHttp)
  const kept = new Map<string, CachedAnswer>()
  const cache: AnswerCache = {
    read: (key) => Promise.resolve(kept.get(key) ?? null),
    write: (key, answer) => Promise.resolve(void kept.set(key, answer)),
  }
  const asked: string[] = []
  const source = ociSource({
    http: client,
    clock: client.clock,
    allowHttp,
    login: async ({ name }) => {
      asked.push(name)
      return auth
    },
    cache,
    platform: { os: 'linux', arch: 'x64' },
    releases: {
      config: z.object({ type: z.string() }).catchall(z.json()),
      list: releases ?? notAsked,
      atRoot: notAsked,
      open: notAsked,
    },
  })
  const config = (more: object = {}) => source.config.parse({ type: 'oci', image: `${host}/o/app`, ...more })
  return {
    registry,
    server,
    host,
    source,
    clock: client.clock,
    config,
    /** Images that a login was looked for. */
    asked,
    paths: () => server.seen.map(({ path }) => path),
    list: (more: object = {}, how: Partial<ListOptions> = {}) =>
      source.list(config(more), { force: true, cacheMs: 3_600_000, signal: untouched(), ...how }),
    pin: async (release: Listing['releases'][number] | undefined, more: object = {}) => {
      if (release === undefined || source.pin === undefined) throw new Error('nothing to pin')
      return await source.pin(config(more), release, untouched())
    },
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

function notAsked(): Promise<never> {
  return Promise.reject(new Error('no other source was expected to be asked'))
}
