import type { Release } from '../../core/model/release.ts'
import { parseVersion } from '../../core/version/compare.ts'

/** What a registry does not know of a version: notes, title, date, page, and whether it is a prerelease. */
export function withNotes(releases: readonly Release[], published: readonly Release[]): readonly Release[] {
  const known = new Map(published.map((one) => [sameKey(one.version), one]))
  return releases.map((release) => {
    const found = known.get(sameKey(release.version))
    if (found === undefined) return release
    const { title, notes, url, publishedAt, prerelease, files } = found
    const about = { ...release, title, notes, url, publishedAt, prerelease: release.prerelease || prerelease }
    return files === undefined ? about : { ...about, files }
  })
}

/** The release of that version where its notes come from. */
export function publishedAs(version: string, published: readonly Release[]): Release | null {
  return published.find((one) => sameKey(one.version) === sameKey(version)) ?? null
}

/** `1.2` and `v1.2.0` are one version. Rows of numbers are what all schemes have in common; other texts stand for themselves. */
function sameKey(version: string): string {
  const read = parseVersion(version, 'loose')
  if (read === null) return version
  const [numbers = '', ...rest] = read.canonical.split(/(?=[-+])/)
  return numbers.replace(/(?:\.0)+$/, '') + rest.join('')
}
