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
 * What of an image is followed: `tag` alone, whatever it comes to stand for, where the config names one or the one that
 * runs names no version; else the versions of the family of the tag that runs. null: nothing is known, or the source is
 * none of images.
 */
export interface Followed {
  readonly tag: string
  readonly byDigest: boolean
}

export function followed(source: Spec, running: Json | undefined): Followed | null {
  if (source.type !== 'oci') return null
  const named = source['tag']
  if (typeof named === 'string') return { tag: named, byDigest: true }
  if (typeof running !== 'string' || running === '') return null
  return { tag: running, byDigest: tagFamily(running) === null }
}

export interface Following {
  readonly followed: Followed | null
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
  { followed: what, named }: Following,
  scheme: string,
): readonly Release[] {
  // The source lists that tag alone.
  if (what?.byDigest === true) return releases
  const own = what === null ? null : tagFamily(what.tag)
  const family = own?.family ?? ''
  const precision = scheme === 'loose' ? null : (own?.precision ?? null)
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
