import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { makeTar, makeZip, room, type TarEntry } from './testing.ts'

const segment = fc.constantFrom('a', 'A', 'b', 'c', 'link', '.', '..', 'é', 'e\u0301', '...')
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const target = fc.oneof(name, fc.constantFrom('/etc/passwd', '../../../outside', 'a/../..'))
const entry: fc.Arbitrary<TarEntry> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name, content: fc.string({ maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ name, type: fc.constant('directory' as const) }) },
  { weight: 2, arbitrary: fc.record({ name, type: fc.constant('symlink' as const), linkname: target }) },
  { weight: 1, arbitrary: fc.record({ name, type: fc.constant('link' as const), linkname: target }) },
)

/** What the archive plainly says should be there: path below the root → content or target. */
function expected(entries: readonly TarEntry[], top: string | null): Map<string, string> {
  const places = new Map<string, string>()
  for (const { name: raw, type, content, linkname } of entries) {
    const parts = raw.split('/').filter((part) => part !== '.')
    const path = (top === null ? parts : parts.slice(1)).join('/')
    if (type === undefined) places.set(path, Buffer.from(content ?? '').toString())
    if (type === 'symlink') places.set(path, `-> ${linkname}`)
  }
  return places
}

test('when entries are anything at all, then they come out exactly or are refused, and nothing ever lies outside', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
      await using here = await room()
      try {
        const { top } = await here.unpack(gzipSync(await makeTar(entries)))
        for (const [path, what] of expected(entries, top)) {
          const place = join(here.to, path)
          if (what.startsWith('-> ') && lstatSync(place).isSymbolicLink())
            expect(`-> ${readlinkSync(place)}`).toBe(what)
          else expect(readFileSync(place, 'utf8')).toBe(what)
        }
        for (const path of readdirSync(here.to, { recursive: true, encoding: 'utf8' })) {
          expect(reached(join(here.to, path), here.to)).toSatisfy((real: string) =>
            `${real}/`.startsWith(`${here.to}/`),
          )
        }
      } catch (error) {
        expect(problemOf(error).code).toMatch(/^E_ARCHIVE_/)
      }
      expect(readdirSync(here.dir).toSorted()).toStrictEqual(['archive', 'to'])
    }),
    { numRuns: 200 },
  )
})

/** Where a path leads when every link in it is followed; a link to nothing leads nowhere. */
function reached(path: string, otherwise: string): string {
  try {
    return realpathSync(path)
  } catch {
    return otherwise
  }
}

test('when a damaged archive is read, then it ends with one of our codes or whole, and never outside', async () => {
  const tar = await makeTar([
    { name: 'app/x', content: 'words '.repeat(100) },
    { name: 'app/y', content: 'y' },
  ])
  const archives = [tar, gzipSync(tar), makeZip([{ name: 'app/x', content: 'words '.repeat(100), method: 'deflated' }])]
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...archives),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (bytes, seed, change) => {
        await using here = await room()
        const damaged = Buffer.from(bytes)
        const at = seed % damaged.length
        damaged.writeUInt8(damaged.readUInt8(at) ^ change, at)
        try {
          await here.unpack(damaged)
        } catch (error) {
          expect(problemOf(error).code).toMatch(/^E_ARCHIVE_/)
        }
        expect(readdirSync(here.dir).filter((found) => found !== 'to')).toStrictEqual(['archive'])
      },
    ),
    { numRuns: 300 },
  )
})
