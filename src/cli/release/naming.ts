import { endingOf } from '../../core/release/asset.ts'
import { withoutPlatform } from '../../core/release/platform.ts'

const companions = /\.(?:sha256|sha256sum|sha256\.txt|minisig|sig|asc|sigstore\.json|json)$/i

/**
 * The version in the name of a file that lies beside others: `app-1.2.0-linux-x64.tar.gz`, `app_v1.2.0.zip`, and what
 * belongs to one (`app-1.2.0.tar.gz.sha256`). null: the name has none.
 */
export function versionInName(name: string): string | null {
  const archive = name.replace(companions, '')
  const ending = endingOf(archive)
  if (ending === '') return null
  const stem = withoutPlatform(archive.slice(0, archive.length - ending.length))
  return /^(?:.*?[-_])?v?(\d+(?:\.\d+)+(?:[-+.][0-9A-Za-z.+-]*)?)$/.exec(stem)?.[1] ?? null
}

/** Checksum lists belong to every release whose files they may name. */
export const isChecksumList = (name: string): boolean => /^(?:sha256sums|checksums)(?:\.txt)?$/i.test(name)
