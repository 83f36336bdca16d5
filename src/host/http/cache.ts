import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Headers } from './types.ts'

const answerBytesMax = 32 * 1024 * 1024

const cachedAnswerSchema = z.object({
  v: z.literal(1),
  /** ISO 8601: when the server last said so, by a whole answer or by 304. */
  checkedAt: z.iso.datetime(),
  etag: z.string().nullable(),
  /** The Link header, which leads to the next page. */
  link: z.string().nullable(),
  json: z.unknown(),
})

/** The last good answer to one request. */
export type CachedAnswer = z.infer<typeof cachedAnswerSchema>

/**
 * Good answers, kept between processes. It saves requests and is never the only record of anything: an entry that is
 * damaged, from another version or gone reads as null, and `write` may do nothing where the disk refuses.
 */
export interface AnswerCache {
  read(key: string): Promise<CachedAnswer | null>
  write(key: string, answer: CachedAnswer): Promise<void>
}

/** The key of a request: another token may be shown other releases, so it is part of it, but only inside the hash. */
export function cacheKey(url: string, secretHeaders: Headers): string {
  const hash = createHash('sha256').update(url)
  for (const [name, value] of Object.entries(secretHeaders)) hash.update(`\0${name}\0${value}`)
  return hash.digest('hex')
}

/** One file per key in `dir` (`STATE/cache`), readable by its owner alone: release notes of private projects. */
export function fileCache(dir: string): AnswerCache {
  const pathOf = (key: string): string => join(dir, `${key}.json`)
  return {
    read: async (key) => {
      try {
        const path = pathOf(key)
        if ((await stat(path)).size > answerBytesMax) return null
        return cachedAnswerSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data ?? null
      } catch {
        return null
      }
    },
    write: async (key, answer) => {
      const temporary = join(dir, `.${key}.${randomUUID()}`)
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        await writeFile(temporary, JSON.stringify(answer), { mode: 0o600, flag: 'wx' })
        // Readers see the old answer or the new one, never half of one.
        await rename(temporary, pathOf(key))
      } catch {
        // A full or read-only disk must not turn a good answer of the server into a failed check.
        await rm(temporary, { force: true }).catch(() => {})
      }
    },
  }
}
