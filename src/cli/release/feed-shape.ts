import { endingOf } from '../../core/release/asset.ts'
import type { RepoName } from './folder.ts'
import type { ServedFile, ServedRelease } from './served.ts'

/** The four keys of the central update server (`/api/latest-version`); `download_url` is null for a release without files. */
export function latestVersion(release: ServedRelease, repo: RepoName | null, base: string) {
  const file = mainFile(release)
  return {
    version: release.version,
    release_date: release.publishedAt.slice(0, 10),
    release_notes: release.notes ?? '',
    download_url: file === null ? null : downloadUrl(release, file, repo, base),
  }
}

/** One element of `feed.json`: the same four keys, with what lets a client choose a file and check it. */
export function feedItem(release: ServedRelease, repo: RepoName | null, base: string) {
  const file = mainFile(release)
  return {
    ...latestVersion(release, repo, base),
    release_date: release.publishedAt,
    sha256: file?.digest.slice('sha256:'.length) ?? null,
    size: file?.bytes ?? null,
    prerelease: release.prerelease,
    assets: release.files.map((one) => ({
      name: one.name,
      download_url: downloadUrl(release, one, repo, base),
      sha256: one.digest.slice('sha256:'.length),
      size: one.bytes,
    })),
  }
}

/** The first archive, else the first file. */
function mainFile(release: ServedRelease): ServedFile | null {
  return release.files.find((file) => endingOf(file.name) !== '') ?? release.files[0] ?? null
}

function downloadUrl(release: ServedRelease, file: ServedFile, repo: RepoName | null, base: string): string {
  const place = repo === null ? 'download' : `${repo.owner}/${repo.repo}/releases/download`
  return `${base}/${place}/${encodeURIComponent(release.tag)}/${encodeURIComponent(file.name)}`
}
