import type { Published } from '../../core/release/describe.ts'
import { isFileName } from '../../core/release/spec.ts'
import type { Artifact } from '../../core/model/release.ts'
import type { Digest } from '../../core/model/names.ts'
import { fileNameOf } from '../../host/http/file-name.ts'
import { invalid } from '../../host/http/failures.ts'
import { kindOf, parseItem } from '../../host/http/parse.ts'
import { feedItemSchema, githubItemSchema, gitlabItemSchema } from './schema.ts'
import type { FeedItem, GithubItem, GitlabItem } from './schema.ts'

const itemsMax = 10_000

/** Where relative addresses in the feed begin, and how the feed may be named in messages. */
export interface FeedPlace {
  readonly url: string
  readonly shownUrl: string
}

/**
 * The releases of a feed: one object or a list, bare or under `releases`, each in the update server's shape, GitHub's or
 * GitLab's. Each item says by its own keys which it is, so that a list may hold several. Drafts are left out.
 */
export function readFeed(json: unknown, place: FeedPlace): readonly Published[] {
  const { items, at } = itemsOf(json, place)
  if (items.length > itemsMax) throw invalid(place.shownUrl, `lists ${items.length} releases at once`)
  return items.flatMap((item, index) => readItem(item, place, at(index)) ?? [])
}

function itemsOf(json: unknown, place: FeedPlace): { items: readonly unknown[]; at: (index: number) => string } {
  if (Array.isArray(json)) return { items: json, at: (index) => `[${index}]` }
  if (!isObject(json))
    throw invalid(place.shownUrl, `answers with ${kindOf(json)} instead of a release or a list of them`)
  if (!('releases' in json)) return { items: [json], at: () => 'the top' }
  if (!Array.isArray(json['releases']))
    throw invalid(place.shownUrl, `has ${kindOf(json['releases'])} as its "releases"`)
  return { items: json['releases'], at: (index) => `releases[${index}]` }
}

function readItem(item: unknown, place: FeedPlace, at: string): Published | null {
  if (!isObject(item)) throw invalid(place.shownUrl, `has ${kindOf(item)} at ${at} instead of a release`)
  if (!('tag_name' in item)) {
    if ('version' in item) return fromFeed(parseItem(item, feedItemSchema, place.shownUrl, at), place)
    throw invalid(place.shownUrl, `has neither "version" nor "tag_name" at ${at}`)
  }
  const gitlab = 'description' in item || 'released_at' in item || isObject(item['assets'])
  if (gitlab) return fromGitlab(parseItem(item, gitlabItemSchema, place.shownUrl, at), place)
  return fromGithub(parseItem(item, githubItemSchema, place.shownUrl, at), place)
}

function fromFeed(item: FeedItem, place: FeedPlace): Published {
  const own = item.download_url ?? null
  const files =
    item.assets !== undefined && item.assets !== null
      ? item.assets.map((file) => fileAt(file.download_url, file.name ?? null, file.size, file.sha256, place))
      : own === null
        ? []
        : [fileAt(own, null, item.size, item.sha256, place)]
  return {
    tag: item.version,
    title: null,
    notes: item.release_notes ?? null,
    url: null,
    publishedAt: item.release_date ?? null,
    prerelease: item.prerelease ?? false,
    files,
    archives: { 'source-zip': null, 'source-tar': null },
  }
}

function fromGithub(item: GithubItem, place: FeedPlace): Published | null {
  if (item.draft === true) return null
  return {
    tag: item.tag_name,
    title: item.name ?? null,
    notes: item.body ?? null,
    url: item.html_url ?? null,
    publishedAt: item.published_at ?? null,
    prerelease: item.prerelease ?? false,
    files: (item.assets ?? []).map((file) =>
      fileAt(file.browser_download_url, file.name, file.size, file.digest, place),
    ),
    archives: {
      'source-zip': addressAt(item.zipball_url, place),
      'source-tar': addressAt(item.tarball_url, place),
    },
  }
}

function fromGitlab(item: GitlabItem, place: FeedPlace): Published | null {
  if (item.upcoming_release === true) return null
  const source = (format: string) => item.assets?.sources.find((one) => one.format === format)?.url
  return {
    tag: item.tag_name,
    title: item.name ?? null,
    notes: item.description ?? null,
    url: null,
    publishedAt: item.released_at ?? null,
    prerelease: false,
    files: (item.assets?.links ?? []).map((link) => {
      const named = isFileName(link.name) && link.name.includes('.') ? link.name : null
      return fileAt(link.direct_asset_url ?? link.url, named, null, null, place)
    }),
    archives: { 'source-zip': addressAt(source('zip'), place), 'source-tar': addressAt(source('tar.gz'), place) },
  }
}

function fileAt(
  reference: string,
  name: string | null,
  bytes: number | null | undefined,
  digest: Digest | null | undefined,
  place: FeedPlace,
): Artifact {
  const url = addressAt(reference, place)
  const named = name ?? (url === null ? null : fileNameOf(url))
  if (url === null || named === null)
    throw invalid(place.shownUrl, 'names a download that is not the address of a file')
  return { name: named, url, bytes: bytes ?? null, digest: digest ?? null }
}

function addressAt(reference: string | null | undefined, place: FeedPlace): string | null {
  if (reference === null || reference === undefined) return null
  const url = URL.parse(reference, place.url)
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
