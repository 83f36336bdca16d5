const perFile = ['.sha256', '.sha256sum', '.sha256.txt'] as const

/** Names of lists, in lower case. */
const lists = [
  'sha256sums',
  'sha256sums.txt',
  'sha256sum.txt',
  'checksums.txt',
  'checksums_sha256.txt',
  'checksums-sha256.txt',
  'checksums.sha256',
] as const

/** The assets that may state the SHA-256 of `fileName`, best first: those about this one file, then lists. */
export function checksumAssets(fileName: string, names: readonly string[]): readonly string[] {
  const own = perFile.flatMap((ending) => names.filter((name) => name === `${fileName}${ending}`))
  const known = lists.flatMap((list) => names.filter((name) => name.toLowerCase() === list))
  // GoReleaser's default: `<project>_<version>_checksums.txt`.
  const named = names.filter((name) => /[_-](?:checksums|sha256sums)(?:\.txt)?$/i.test(name))
  return [...new Set([...own, ...known, ...named])]
}
