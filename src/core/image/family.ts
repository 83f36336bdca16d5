import type { Spec } from '../model/names.ts'
import type { Json } from '../model/problem.ts'
import type { Release } from '../model/release.ts'
import { trimVersion } from '../version/text.ts'

/**
 * What a tag says of the image behind it. Only tags of one family follow each other: `1.2-alpine` is followed by
 * `1.3-alpine`, never by `1.3`, which may have another base, another user, another libc.
 */
export interface TagFamily {
  /** As the version schemes read it: `1.2.3`, `1.0.0-rc1`, `1.2.3-ls45`. */
  readonly version: string
  /** What comes after the version, `` for nothing: `-alpine3.19`. Commits are `#`: each release has another one. */
  readonly family: string
  /** How many numbers the version has: `1.2` is a moving name for the newest `1.2.x`. */
  readonly precision: number
}

const numbers = String.raw`\d+(?:\.\d+)*(?:_\d+)?`
const stage = String.raw`[-._]?(?:alpha|beta|rc|preview|pre|dev|post|patch|hotfix)(?:[.-]?\d+(?:\.\d+)*)?|[-._]?[abcp]\d+`
const shape = new RegExp(`^[vV]?(${numbers})((?:${stage})(?=$|[-_.]))?((?:[-_.].*)?)$`, 'i')
/** `1.2.3-ls45`, `1.2.3-debian-12-r5`: how often this version was built anew. It counts, so it is no part of the family. */
const rebuilds = /-(ls|r)(\d+)$/
const commit = /(?<=[-_.])(?:g|sha)?(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}(?=$|[-_.])/g

/** null: the tag names no version (`latest`, `stable`, `develop-1a2b3c4`, `nightly-20240101`). */
export function tagFamily(tag: string): TagFamily | null {
  if (trimVersion(tag) === null) return null
  const found = shape.exec(tag)
  if (found === null) return null
  const [, release = '', before = '', rest = ''] = found
  const rebuilt = rebuilds.exec(rest)
  const suffix = rebuilt === null ? rest : rest.slice(0, rebuilt.index)
  return {
    version: `${release}${before}${rebuilt === null ? '' : rebuilt[0]}`,
    family: `${suffix.replaceAll(commit, '#')}${rebuilt === null ? '' : `-${rebuilt[1] ?? ''}`}`,
    precision: release.split(/[._]/).length,
  }
}

/**
 * The tag of an image that is followed: the one in the config, else the one that runs. null: neither is known, or the
 * source is none of images.
 */
export function followedTag(source: Spec, running: Json | undefined): string | null {
  if (source.type !== 'oci') return null
  const tag = source['tag'] ?? running
  return typeof tag === 'string' && tag !== '' ? tag : null
}

/** Whether a tag is followed by its digest, since it names no version. */
export const byDigest = (tag: string | null): boolean => tag !== null && tagFamily(tag) === null

export interface Following {
  /** As `followedTag` gives it. */
  readonly tag: string | null
  /** A version named by a person: its tag may be of any family. */
  readonly named: string | null
}

/**
 * The releases that may follow, those with the most precise tags first. Tags of another precision name the same images
 * (`1`, `1.2` and `1.2.3`), so they are left out, except where nothing says which precision is meant, and where the
 * scheme is `loose`: such projects add and drop numbers as they like.
 */
export function releasesOfFamily(
  releases: readonly Release[],
  { tag, named }: Following,
  scheme: string,
): readonly Release[] {
  const followed = tag === null ? null : tagFamily(tag)
  // The source lists that tag alone.
  if (byDigest(tag)) return releases
  const family = followed?.family ?? ''
  const precision = scheme === 'loose' ? null : (followed?.precision ?? null)
  return releases
    .flatMap((release) => {
      const its = tagFamily(release.tag)
      if (release.tag === named) return [{ release, precision: its?.precision ?? 0 }]
      if (its === null || its.family !== family || (precision !== null && its.precision !== precision)) return []
      return [{ release, precision: its.precision }]
    })
    .toSorted((a, b) => b.precision - a.precision)
    .map(({ release }) => release)
}
