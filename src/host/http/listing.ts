import type { BelayError } from '../../core/model/problem.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ListOptions } from '../../ports/source.ts'
import { sameOrigin, showUrl } from './address.ts'
import { cacheKey } from './cache.ts'
import type { AnswerCache, CachedAnswer } from './cache.ts'
import { invalid } from './failures.ts'
import { nextPage } from './link.ts'
import type { Headers, HttpClient } from './types.ts'

export interface PageRequest<T> {
  /** The first page. */
  readonly url: string
  readonly headers?: Headers
  readonly secretHeaders: Headers
  readonly pagesMax: number
  /** What the JSON means; throws BelayError where it is not what it should be. */
  readonly parse: (json: unknown, shownUrl: string) => readonly T[]
}

export interface Pages<T> {
  readonly items: readonly T[]
  /** Of the page that was asked for longest ago. */
  readonly checkedAt: string
  readonly fromCache: boolean
}

interface Page<T> {
  readonly items: readonly T[]
  readonly answer: CachedAnswer
  readonly fromCache: boolean
}

interface ListingDeps {
  readonly http: HttpClient
  readonly cache: AnswerCache
  readonly clock: Clock
}

/**
 * All pages of a listing, each asked for with its ETag. An answer of the cache is given without asking while it is young
 * enough; once one page was really asked for, so are all that follow: a release that moved from one page to the next
 * would be on neither otherwise. A failure is thrown and leaves the cache as it was.
 */
export async function listPages<T>(
  deps: ListingDeps,
  request: PageRequest<T>,
  options: ListOptions,
): Promise<Pages<T>> {
  const pages: Page<T>[] = []
  let force = options.force
  for (let url: string | null = request.url; url !== null && pages.length < request.pagesMax; ) {
    const page = await onePage(deps, request, url, { ...options, force })
    pages.push(page)
    force ||= !page.fromCache
    const next = nextPage(page.answer.link, url)
    if (next !== null && !sameOrigin(next, request.url)) throw foreignPage(url, next)
    url = next
  }
  return {
    items: pages.flatMap((page) => page.items),
    checkedAt: pages.map((page) => page.answer.checkedAt).toSorted()[0] ?? new Date(deps.clock.now()).toISOString(),
    fromCache: pages.every((page) => page.fromCache),
  }
}

async function onePage<T>(
  deps: ListingDeps,
  request: PageRequest<T>,
  url: string,
  options: ListOptions,
): Promise<Page<T>> {
  const { http, cache, clock } = deps
  const key = cacheKey(url, request.secretHeaders)
  const parse = (json: unknown): readonly T[] => request.parse(json, showUrl(url))
  const known = readable(await cache.read(key), parse)
  if (known !== null && !options.force && isYoung(known.answer, options.cacheMs, clock.now())) {
    return { ...known, fromCache: true }
  }
  const { status, json, headers } = await http.getJson(url, {
    headers: request.headers ?? {},
    secretHeaders: request.secretHeaders,
    signal: options.signal,
    ...(known === null || known.answer.etag === null ? {} : { etag: known.answer.etag }),
  })
  const checkedAt = new Date(clock.now()).toISOString()
  if (status === 304 && known !== null) {
    const answer = { ...known.answer, checkedAt }
    await cache.write(key, answer)
    return { items: known.items, answer, fromCache: false }
  }
  const items = parse(json)
  const answer = { v: 1 as const, checkedAt, etag: headers['etag'] ?? null, link: headers['link'] ?? null, json }
  await cache.write(key, answer)
  return { items, answer, fromCache: false }
}

/** A cached answer that this version does not understand is no answer. */
function readable<T>(answer: CachedAnswer | null, parse: (json: unknown) => readonly T[]) {
  if (answer === null) return null
  try {
    return { items: parse(answer.json), answer }
  } catch {
    return null
  }
}

/** An answer from the future was written before the clock was set right: its age is not known. */
function isYoung(answer: CachedAnswer, cacheMs: number, nowMs: number): boolean {
  const ageMs = nowMs - Date.parse(answer.checkedAt)
  return ageMs >= 0 && ageMs < cacheMs
}

function foreignPage(url: string, next: string): BelayError {
  return invalid(showUrl(url), `continues its list on another server (${showUrl(next)})`)
}
