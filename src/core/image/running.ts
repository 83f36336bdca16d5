import { canonical, type ImageReference, parseReference, sameRepository } from './reference.ts'
import { tagFamily } from './family.ts'

const digestChars = 'sha256:'.length + 12

/**
 * What a container runs, in one word: its tag where that names a version, else the tag with the beginning of the digest
 * that it stood for (`latest@sha256:0123456789ab`), since such a tag moves. null: neither can be told (an image built here).
 * `digests`: the image's names by digest, `repo@sha256:…`. `moving`: a tag that is followed by its digest though it looks
 * like a version (`16`).
 */
export function runningTag(
  reference: ImageReference,
  digests: readonly string[],
  moving: string | null = null,
): string | null {
  const tag = reference.tag ?? (reference.digest === null ? 'latest' : null)
  if (tag !== null && tag !== moving && tagFamily(tag) !== null) return tag
  const digest = reference.digest ?? digestIn(reference, digests)
  return digest === null ? null : followedVersion(tag ?? 'latest', digest)
}

/** The version of a release that is followed by its digest. */
export function followedVersion(tag: string, digest: string): string {
  return `${tag}@${digest.slice(0, digestChars)}`
}

/** How a running tag counts as a version. */
export function versionOfTag(tag: string): string {
  return tagFamily(tag)?.version ?? tag
}

/** The digest that the image has in the repository of `reference`. */
export function digestIn(reference: ImageReference, digests: readonly string[]): ImageReference['digest'] {
  for (const text of digests) {
    const found = parseReference(text)
    if (found !== null && found.digest !== null && sameRepository(found, reference)) return found.digest
  }
  return null
}

/** A running tag as a reference again: `latest@sha256:…` was `latest`. */
export function referenceOfTag(
  running: string,
  repository: ImageReference,
  digests: readonly string[],
): ImageReference {
  const [tag = running] = running.split('@')
  return { ...repository, tag, digest: digestIn(repository, digests) }
}

export const withoutDigest = (reference: ImageReference): string => canonical({ ...reference, digest: null })
