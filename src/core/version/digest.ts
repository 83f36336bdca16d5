import type { ParsedVersion } from './scheme.ts'

const charsMax = 256
/** As many digits as `latest@sha256:<12 hex>` keeps of a digest. */
const digestAtEnd = /(?:^|@)(sha256:[0-9a-f]{12})[0-9a-f]{0,52}$/i

/**
 * What is followed by its digest has no order: another digest is another build, and the one that is offered is the newer.
 * `latest@sha256:0123456789ab` is its digest alone, so that the same image under another tag is the same; any other text
 * (the `1.2.3` of what ran before) stands for itself.
 */
export function parseDigest(text: string): ParsedVersion | null {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > charsMax) return null
  const canonical = digestAtEnd.exec(trimmed)?.[1]?.toLowerCase() ?? trimmed
  return { scheme: 'digest', canonical, epoch: 0, numbers: [], prerelease: false, build: null }
}

/** Both canonical. Only 0 has a meaning; the rest makes lists come out in one order. */
export function compareDigest(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
