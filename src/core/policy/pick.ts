import { fail } from '../model/problem.ts'
import type { Release } from '../model/release.ts'
import { compareParsed, parseVersion } from '../version/compare.ts'
import type { ParsedVersion, Scheme } from '../version/scheme.ts'

const nearestMax = 3

/**
 * The release that a person named: by its tag or exact spelling, else by its version (of several builds the one that
 * was named). E_VERSION_NOT_FOUND says which versions are near.
 */
export function pick(releases: readonly Release[], named: string, scheme: Scheme): Release {
  const text = named.trim()
  const spelled = releases.find((release) => release.tag === text || release.version === text)
  const wanted = parseVersion(text, scheme)
  const found = spelled ?? (wanted === null ? undefined : byVersion(releases, wanted, scheme))
  if (found !== undefined) return found
  const near = wanted === null ? releases.map((release) => release.version) : nearest(releases, wanted, scheme)
  throw fail('E_VERSION_NOT_FOUND', `the source has no version ${text.slice(0, 128)}`, {
    hint: near.length === 0 ? 'It offers no releases at all.' : `It has ${near.slice(0, nearestMax).join(', ')}.`,
    facts: { wanted: text.slice(0, 128), near: near.slice(0, nearestMax) },
  })
}

function byVersion(releases: readonly Release[], wanted: ParsedVersion, scheme: Scheme): Release | undefined {
  const same = releases.filter((release) => {
    const version = parseVersion(release.version, scheme)
    return version !== null && compareParsed(version, wanted) === 0
  })
  const exact = same.find((release) => parseVersion(release.version, scheme)?.canonical === wanted.canonical)
  return exact ?? (wanted.build === null ? same[0] : undefined)
}

/** Newest first: those just below and just above the wanted one. */
function nearest(releases: readonly Release[], wanted: ParsedVersion, scheme: Scheme): readonly string[] {
  const all = releases
    .map((release) => ({ text: release.version, version: parseVersion(release.version, scheme) }))
    .flatMap(({ text, version }) => (version === null ? [] : [{ text, version }]))
    .toSorted((a, b) => compareParsed(b.version, a.version))
  const below = all.findIndex(({ version }) => compareParsed(version, wanted) < 0)
  const from = Math.max(0, (below === -1 ? all.length : below) - Math.ceil(nearestMax / 2))
  return all.slice(Math.min(from, Math.max(0, all.length - nearestMax))).map(({ text }) => text)
}
