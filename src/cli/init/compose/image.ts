import { tagFamily } from '../../../core/image/family.ts'
import { parseReference } from '../../../core/image/reference.ts'
import { parseVersion } from '../../../core/version/compare.ts'
import type { Reasoned } from './advice.ts'
import type { ComposeService } from './read.ts'

/** How the image of a service can be followed. */
export interface Followed {
  /** Without tag and digest, as a source takes it. */
  readonly image: string
  /** A tag that names no version: its digest is followed. */
  readonly tag: Reasoned<string> | null
  /** The version in the tag, null when there is none. */
  readonly version: string | null
  /** How many numbers it has. `16` is a name that moves from image to image; `16.4` is, in some projects. */
  readonly precision: number
  /** How the project counts, where it is not by semantic versions. */
  readonly loose: boolean
  readonly notes: readonly string[]
}

/** `why`: the reason why it cannot be. */
export function followImage(service: ComposeService): Followed | { readonly why: string } {
  const { image, builds, pullPolicy } = service
  if (builds) return { why: 'it is built on this host, and belay takes images from a registry' }
  if (image === null) return { why: 'no image is named' }
  if (pullPolicy === 'build' || pullPolicy === 'never')
    return { why: `its pull_policy is ${pullPolicy}, and belay takes images from a registry` }
  const placeholder = /:(<[^>]*>)$/.exec(image)?.[1] ?? null
  const unset = /:(\$\{?\w[^:/]*)$/.exec(image)?.[1] ?? null
  const bare = image.replace(/:(?:<[^>]*>|\$\{?\w[^:/]*)$/, '')
  const reference = parseReference(bare)
  if (reference === null) {
    const variable = /\$\{?(\w+)/.exec(image)?.[1]
    return variable === undefined
      ? { why: `"${image}" is no image` }
      : { why: `its image needs the variable ${variable}, which has no value beside the file` }
  }
  const { tag, digest } = reference
  const notes = [
    ...(placeholder === null
      ? []
      : [
          `its tag is still the placeholder ${placeholder}, which compose refuses: write the version that runs into the file first`,
        ]),
    ...(unset === null ? [] : [`its tag comes from ${unset}, which has no value beside the file`]),
    ...(placeholder === null && unset === null && /\$/.test(service.imageWritten ?? '')
      ? [`its image is written as ${service.imageWritten}: belay changes the variable where it stands`]
      : []),
    ...(digest === null ? [] : ['it is pinned to a digest: what is followed is the tag beside it']),
  ]
  const name = withoutTag(bare)
  if (placeholder !== null || unset !== null) {
    return { image: name, tag: null, version: null, precision: 0, loose: false, notes }
  }
  const family = tag === null ? null : tagFamily(tag)
  if (family === null) {
    const why =
      tag === null
        ? 'what compose takes where no tag is written'
        : 'it names no version: a new image under it is the update'
    return {
      image: name,
      tag: { value: tag ?? 'latest', why },
      version: null,
      precision: 0,
      loose: false,
      notes,
    }
  }
  return {
    image: name,
    tag: null,
    version: tag,
    precision: family.precision,
    loose: parseVersion(family.version, 'semver') === null,
    notes,
  }
}

/** Spelled as in the file: `nginx`, `ghcr.io/o/app`, `host:5000/x`. */
function withoutTag(reference: string): string {
  const [named = ''] = reference.split('@')
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return colon === -1 ? named : named.slice(0, colon)
}
