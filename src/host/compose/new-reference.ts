import type { Digest } from '../../core/model/names.ts'

/** A reference as it is written. The colon of a tag comes after the last slash: in `host:5000/x` it is a port. */
interface Written {
  readonly name: string
  readonly tag: string | null
  readonly digest: string | null
}

function split(reference: string): Written {
  const at = reference.indexOf('@')
  const named = at === -1 ? reference : reference.slice(0, at)
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return {
    name: colon === -1 ? named : named.slice(0, colon),
    tag: colon === -1 ? null : named.slice(colon + 1),
    digest: at === -1 ? null : reference.slice(at + 1),
  }
}

/**
 * The same image at another tag and digest, in the shape in which `old` is written: what has no tag gets none, and what
 * is not pinned is not pinned. A tag that is followed by its digest (`latest`) and an untagged name stay as they are.
 */
export function newReference(old: string, tag: string, digest: Digest | null): string {
  const { name, tag: oldTag, digest: oldDigest } = split(old)
  return `${name}${oldTag === null ? '' : `:${tag}`}${oldDigest === null || digest === null ? '' : `@${digest}`}`
}

/** The characters of a reference that a new version changes: tag, digest, or both with what lies between. */
export function versionPart(reference: string): readonly [number, number] {
  return [Math.min(split(reference).name.length + 1, reference.length), reference.length]
}
