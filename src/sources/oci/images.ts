import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Digest, digestSchema } from '../../core/model/names.ts'
import { cacheKey } from '../../host/http/cache.ts'
import type { AnswerCache } from '../../host/http/cache.ts'
import { showUrl } from '../../host/http/address.ts'
import { parseJson } from '../../host/http/json.ts'
import { nextPage } from '../../host/http/link.ts'
import type { Answer } from '../../host/http/types.ts'
import type { Clock } from '../../ports/clock.ts'
import { notAnImage, notGenuine, schema1, tooManyTags } from './failures.ts'
import { acceptManifests, digestOf, isSchema1, readManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Asker, Registry } from './registry.ts'

/** Asked for as many as any registry gives at once; some give a hundred whatever is asked for. */
const tagsPerPage = 1000
const pagesMax = 200
const pageBytesMax = 4 * 1024 * 1024
/** What registries themselves accept. */
export const manifestBytesMax = 4 * 1024 * 1024

const tagsSchema = z.object({ tags: z.array(z.string().max(256)).nullable() })
const keptTags = (json: unknown) => z.array(z.string()).safeParse(json).data
const keptDigest = (json: unknown): Digest | undefined => digestSchema.safeParse(json).data

export interface Freshness {
  readonly force: boolean
  readonly cacheMs: number
}

export interface Asked<T> {
  readonly value: T
  /** ISO 8601. */
  readonly checkedAt: string
  readonly fromCache: boolean
}

interface ImageDeps {
  readonly registry: Registry
  readonly cache: AnswerCache
  readonly clock: Clock
}

/** What a registry says of an image, each answer kept for all who ask the same with the same login. */
export interface Images {
  tags(asker: Asker, freshness: Freshness): Promise<Asked<readonly string[]>>
  /** What a tag names now, by HEAD: registries count that as no pull. */
  digest(asker: Asker, tag: string, freshness: Freshness): Promise<Asked<Digest>>
  /** Never another one: what is named by its digest is compared with it, and asked for once. */
  manifest(asker: Asker, digest: Digest): Promise<Manifest>
}

export function openImages(deps: ImageDeps): Images {
  const { registry } = deps
  return {
    tags: (asker, freshness) => {
      const url = registry.url(asker.image, `tags/list?n=${tagsPerPage}`)
      return remembered(deps, keyOf(url, asker), keptTags, freshness, () => allTags(registry, url, asker))
    },
    digest: (asker, tag, freshness) => {
      const url = registry.url(asker.image, `manifests/${tag}`)
      return remembered(deps, keyOf(url, asker), keptDigest, freshness, () => askDigest(registry, url, asker))
    },
    manifest: async (asker, digest) => {
      const url = registry.url(asker.image, `manifests/${digest}`)
      const key = keyOf(url, asker)
      const kept = z.string().safeParse((await deps.cache.read(key))?.json).data
      if (kept !== undefined && sha256(kept) === digest) return readManifest(JSON.parse(kept))
      const { text, manifest } = await askManifest(registry, url, digest, asker)
      await keep(deps, key, text)
      return manifest
    },
  }
}

/** The login itself is no part of it: where it is kept tells one user of this host from another as well. */
const keyOf = (url: string, { login }: Asker): string => cacheKey(url, { login: JSON.stringify(login) })

async function remembered<T>(
  deps: ImageDeps,
  key: string,
  read: (json: unknown) => T | undefined,
  { force, cacheMs }: Freshness,
  ask: () => Promise<T>,
): Promise<Asked<T>> {
  const kept = force ? null : await deps.cache.read(key)
  const value = kept === null ? undefined : read(kept.json)
  if (kept !== null && value !== undefined) {
    const ageMs = deps.clock.now() - Date.parse(kept.checkedAt)
    // An answer from the future was written before the clock was set right.
    if (ageMs >= 0 && ageMs < cacheMs) return { value, checkedAt: kept.checkedAt, fromCache: true }
  }
  const fresh = await ask()
  return { value: fresh, checkedAt: await keep(deps, key, fresh), fromCache: false }
}

async function keep({ cache, clock }: ImageDeps, key: string, json: unknown): Promise<string> {
  const checkedAt = new Date(clock.now()).toISOString()
  await cache.write(key, { v: 1, checkedAt, etag: null, link: null, json })
  return checkedAt
}

/** All pages. Too many is a failure: they come by name, and the newest may be the last. */
async function allTags(registry: Registry, first: string, asker: Asker): Promise<readonly string[]> {
  const tags: string[] = []
  const question = { accept: 'application/json', bytesMax: pageBytesMax, what: 'list of tags' }
  let url: string | null = first
  for (let page = 0; url !== null; page++) {
    if (page === pagesMax) throw tooManyTags(asker.image.name, tags.length)
    const answer: Answer = await registry.ask(url, question, asker)
    const read = tagsSchema.safeParse(parseJson(answer))
    if (!read.success)
      throw notAnImage(asker.image.name, answer.shownUrl, 'answers with something that is no list of tags')
    tags.push(...(read.data.tags ?? []))
    const next = nextPage(answer.headers['link'] ?? null, url)
    // Behind a proxy a registry mistakes its own host and scheme; which page comes next is all that is taken of it.
    url = next === null ? null : withQueryOf(first, next)
  }
  return tags
}

function withQueryOf(url: string, other: string): string {
  const joined = new URL(url)
  joined.search = new URL(other).search
  return joined.href
}

async function askDigest(registry: Registry, url: string, asker: Asker): Promise<Digest> {
  const question = { accept: acceptManifests, bytesMax: manifestBytesMax, what: tagIn(url) }
  const head = await registry.ask(url, { ...question, method: 'HEAD' }, asker)
  if (isSchema1(head.headers['content-type'])) throw schema1(asker.image.name, head.shownUrl)
  const stated = digestOf(head.headers['docker-content-digest'])
  if (stated !== null) return stated
  const answer = await registry.ask(url, question, asker)
  understood(answer, asker)
  return digestSchema.parse(sha256(answer.body))
}

const tagIn = (url: string): string => `tag ${showUrl(url).split('/').at(-1) ?? ''}`

async function askManifest(registry: Registry, url: string, digest: Digest, asker: Asker) {
  const question = { accept: acceptManifests, bytesMax: manifestBytesMax, what: `manifest ${digest}` }
  const answer = await registry.ask(url, question, asker)
  const actual = sha256(answer.body)
  if (actual !== digest) throw notGenuine(asker.image.name, digest, actual)
  return { text: answer.body.toString('utf8'), manifest: understood(answer, asker) }
}

/** An index or an image; everything else is refused with what it is. */
function understood(answer: Answer, { image }: Asker): Manifest {
  const manifest = readManifest(parseJson(answer))
  if (manifest.kind === 'schema1') throw schema1(image.name, answer.shownUrl)
  if (manifest.kind === 'other') throw notAnImage(image.name, answer.shownUrl, manifest.what)
  return manifest
}

function sha256(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
