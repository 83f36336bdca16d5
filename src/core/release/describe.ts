import type { Artifact, Release } from '../model/release.ts'
import { chooseAsset, sourceArchives } from './asset.ts'
import type { SourceArchive } from './asset.ts'
import { checksumAssets } from './checksum-names.ts'
import type { Platform } from './platform.ts'
import { versionOfTag } from './tag.ts'

/** One release as a server publishes it, before this component's config has chosen from it. */
export interface Published extends Pick<Release, 'tag' | 'title' | 'notes' | 'url' | 'publishedAt' | 'prerelease'> {
  readonly files: readonly Artifact[]
  /** The archives generated from the tag; their bytes may change, so nothing states their digest. */
  readonly archives: Readonly<Record<SourceArchive, string | null>>
}

export interface Choice {
  readonly asset: string | null
  readonly tag: string | null
  readonly platform: Platform
  /** What generated archives are named after. */
  readonly project: string
  /** Whether a release without any file may be installed from its generated archive without being asked to. */
  readonly archiveIfNoFiles: boolean
}

/** The release as this component sees it; null when its tag belongs to another one. */
export function describeRelease(published: Published, choice: Choice): Release | null {
  const { tag, title, notes, url, publishedAt, prerelease, files } = published
  const version = versionOfTag(tag, choice.tag)
  if (version === null) return null
  const artifact = chooseArtifact(published, version, choice)
  const names = files.map((file) => file.name)
  const checksums = artifact === null ? [] : checksumAssets(artifact.name, names)
  return {
    version,
    tag,
    title,
    notes,
    url,
    publishedAt,
    prerelease,
    artifact,
    checksums: checksums.flatMap((name) => files.find((file) => file.name === name) ?? []),
    assets: names,
    files,
  }
}

function chooseArtifact(published: Published, version: string, choice: Choice): Artifact | null {
  const { files, archives, tag } = published
  const wanted = sourceArchives.find((name) => name === choice.asset)
  if (wanted !== undefined) return generated(wanted, archives[wanted], version, choice)
  if (files.length === 0 && choice.asset === null && choice.archiveIfNoFiles) {
    return (
      generated('source-tar', archives['source-tar'], version, choice) ??
      generated('source-zip', archives['source-zip'], version, choice)
    )
  }
  const name = chooseAsset(
    files.map((file) => file.name),
    { pattern: choice.asset, version, tag, platform: choice.platform },
  )
  return files.find((file) => file.name === name) ?? null
}

function generated(kind: SourceArchive, url: string | null, version: string, choice: Choice): Artifact | null {
  if (url === null) return null
  const stem = `${choice.project}-${version}`.replaceAll(/[^A-Za-z0-9._+-]+/g, '-')
  return { name: `${stem}${kind === 'source-zip' ? '.zip' : '.tar.gz'}`, url, bytes: null, digest: null }
}
