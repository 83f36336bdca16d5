import type { Published } from '../../core/release/describe.ts'
import { isFileName } from '../../core/release/spec.ts'
import type { Artifact } from '../../core/model/release.ts'
import { fileNameOf } from '../../host/http/file-name.ts'
import { fileAt, listReleases, openArtifact } from '../../host/http/releases.ts'
import { parseList } from '../../host/http/parse.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import type { Source } from '../../ports/source.ts'
import { gitlabConfigSchema, gitlabReleaseSchema } from './schema.ts'
import type { GitlabConfig, GitlabRelease } from './schema.ts'

/** 100 releases to a page: the thousand newest. */
const pagesMax = 10

/** Releases of a GitLab project. GitLab states no digests and marks no prereleases: checksum files and versions tell. */
export function gitlabSource(deps: SourceDeps): Source<GitlabConfig> {
  return {
    kind: 'gitlab',
    config: gitlabConfigSchema,
    describe: (config) => `gitlab ${projectOf(config)}`,
    list: async (config, options) => {
      const project = projectOf(config)
      const request = {
        url: `${apiOf(config)}/projects/${encodeURIComponent(project)}/releases?per_page=100`,
        secretHeaders: await authorization(deps, config),
        pagesMax,
        project: project.split('/').at(-1) ?? project,
        archiveIfNoFiles: false,
        parse: readReleases,
      }
      return await listReleases(deps, config, request, options)
    },
    atRoot: async (config, { tag }, name) => {
      const project = `${apiOf(config)}/projects/${encodeURIComponent(projectOf(config))}`
      return fileAt(name, `${project}/repository/files/${encodeURIComponent(name)}/raw?ref=${encodeURIComponent(tag)}`)
    },
    open: async (config, artifact, offset, signal) => {
      const secretHeaders = () => authorization(deps, config)
      const origins = [apiOf(config), config.url]
      return await openArtifact(deps, artifact, { secretHeaders, origins }, offset, signal)
    },
  }
}

const apiOf = (config: GitlabConfig): string => config.api ?? `${config.url}/api/v4`
const projectOf = (config: GitlabConfig): string => config.repo ?? config.project ?? ''

async function authorization(deps: SourceDeps, config: GitlabConfig): Promise<Headers> {
  const token = await deps.secrets.token(config)
  return token === null ? {} : { 'private-token': token }
}

function readReleases(json: unknown, shownUrl: string): readonly Published[] {
  const releases = parseList(json, gitlabReleaseSchema, shownUrl)
  return releases.filter((release) => release.upcoming_release !== true).map(publishedBy)
}

function publishedBy(release: GitlabRelease): Published {
  const archive = (format: string): string | null =>
    release.assets.sources.find((source) => source.format === format)?.url ?? null
  return {
    tag: release.tag_name,
    title: release.name ?? null,
    notes: release.description ?? null,
    url: release._links?.self ?? null,
    publishedAt: release.released_at ?? null,
    prerelease: false,
    files: release.assets.links.flatMap((link) => artifactOf(link) ?? []),
    archives: { 'source-zip': archive('zip'), 'source-tar': archive('tar.gz') },
  }
}

/** A link's name is free text ("Linux, 64 bit"): where it is no file name, the address has one, or it is no file. */
function artifactOf(link: GitlabRelease['assets']['links'][number]): Artifact | null {
  const url = link.direct_asset_url ?? link.url
  const name = isFileName(link.name) && link.name.includes('.') ? link.name : fileNameOf(url)
  return name === null ? null : { name, url, bytes: null, digest: null }
}
