import type { Release } from '../../core/model/release.ts'
import { showUrl } from '../../host/http/address.ts'
import { cacheKey } from '../../host/http/cache.ts'
import { parseItem } from '../../host/http/parse.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import type { SourceTree, TreeEntry } from '../../ports/source.ts'
import { archiveOf, fileOf, type Place } from './addresses.ts'
import { foreignTree, treeTooLarge } from './failures.ts'
import { type GithubTreeConfig, type Tree, treeSchema } from './schema.ts'

/** Of a tree that GitHub does not give in one answer (more than 100,000 entries or 7 MB). */
const requestsMax = 40
const answerBytesMax = 32 * 1024 * 1024
const modes: readonly TreeEntry['mode'][] = ['100644', '100755', '120000', '160000']

export interface Asking {
  readonly deps: SourceDeps
  readonly config: GithubTreeConfig
  readonly headers: Headers
  readonly secretHeaders: Headers
  readonly signal: AbortSignal
}

/** The whole tree of one commit: one request, the first time; a commit never changes, so what is known of it stays true. */
export async function treeOf(asking: Asking, release: Release): Promise<SourceTree> {
  const { config, secretHeaders } = asking
  const commit = release.tag
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) throw foreignTree(config.repo, commit)
  const place: Place = { ...config, commit, withToken: Object.keys(secretHeaders).length > 0 }
  return {
    commit,
    entries: await entriesOf(asking, commit),
    file: (entry) => fileOf(place, entry),
    archive: archiveOf(place),
  }
}

async function entriesOf(asking: Asking, commit: string): Promise<readonly TreeEntry[]> {
  const whole = await one(asking, commit, true)
  if (!whole.truncated) return whole.tree.flatMap((entry) => entryOf(entry, ''))
  const entries: TreeEntry[] = []
  let requests = 1
  const open = [{ id: commit, prefix: '' }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { id, prefix } = next
    const below = prefix === '' ? null : await one(asking, id, true)
    requests += below === null ? 1 : below.truncated ? 2 : 1
    if (requests > requestsMax) throw treeTooLarge(asking.config, requestsMax)
    if (below !== null && !below.truncated) {
      entries.push(...below.tree.flatMap((entry) => entryOf(entry, prefix)))
      continue
    }
    for (const entry of (await one(asking, id, false)).tree) {
      if (entry.type === 'tree') open.push({ id: entry.sha, prefix: `${prefix}${entry.path}/` })
      else entries.push(...entryOf(entry, prefix))
    }
  }
  return entries
}

async function one(asking: Asking, id: string, recursive: boolean): Promise<Tree> {
  const { deps, config, headers, secretHeaders, signal } = asking
  const url = `${config.api}/repos/${config.repo}/git/trees/${id}${recursive ? '?recursive=1' : ''}`
  const key = cacheKey(url, secretHeaders)
  const known = treeSchema.safeParse((await deps.cache.read(key))?.json)
  if (known.success) return known.data
  const { json } = await deps.http.getJson(url, { headers, secretHeaders, signal, bytesMax: answerBytesMax })
  const tree = parseItem(json, treeSchema, showUrl(url), 'the tree')
  const checkedAt = new Date(deps.clock.now()).toISOString()
  await deps.cache.write(key, { v: 1, checkedAt, etag: null, link: null, json: tree })
  return tree
}

/** Folders are there through what is in them. A mode that git no longer writes (100664) is that of a plain file. */
function entryOf({ path, mode, type, sha, size }: Tree['tree'][number], prefix: string): readonly TreeEntry[] {
  if (type === 'tree') return []
  const known = modes.find((one) => one === mode) ?? '100644'
  return [{ path: prefix + path, mode: type === 'commit' ? '160000' : known, blob: sha, bytes: size ?? null }]
}
