import type { Published } from '../../core/release/describe.ts'
import { fromGithubShape } from '../../core/release/github-shape.ts'
import { fileAt, listReleases, openArtifact } from '../../host/http/releases.ts'
import { parseList } from '../../host/http/parse.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import type { Source } from '../../ports/source.ts'
import { giteaConfigSchema, giteaReleaseSchema } from './schema.ts'
import type { GiteaConfig, GiteaRelease } from './schema.ts'

/** 50 releases to a page, which is as many as servers give by default: the thousand newest. */
const pagesMax = 20

/** Releases of a repository on a Gitea or Forgejo server. They state no digests: checksum files do. */
export function giteaSource(deps: SourceDeps): Source<GiteaConfig> {
  return {
    kind: 'gitea',
    config: giteaConfigSchema,
    describe: (config) => `gitea ${config.repo} at ${URL.parse(config.url)?.host ?? config.url}`,
    list: async (config, options) => {
      const request = {
        url: `${apiOf(config)}/repos/${config.repo}/releases?limit=50`,
        secretHeaders: await authorization(deps, config),
        pagesMax,
        project: config.repo.split('/')[1] ?? config.repo,
        archiveIfNoFiles: false,
        parse: readReleases,
      }
      return await listReleases(deps, config, request, options)
    },
    atRoot: async (config, { tag }, name) =>
      fileAt(name, `${apiOf(config)}/repos/${config.repo}/raw/${name}?ref=${encodeURIComponent(tag)}`),
    open: async (config, artifact, offset, signal) => {
      const secretHeaders = () => authorization(deps, config)
      const origins = [apiOf(config), config.url]
      return await openArtifact(deps, artifact, { secretHeaders, origins }, offset, signal)
    },
  }
}

const apiOf = (config: GiteaConfig): string => config.api ?? `${config.url}/api/v1`

async function authorization(deps: SourceDeps, config: GiteaConfig): Promise<Headers> {
  const token = await deps.secrets.token(config)
  return token === null ? {} : { authorization: `token ${token}` }
}

function readReleases(json: unknown, shownUrl: string): readonly Published[] {
  return parseList(json, giteaReleaseSchema, shownUrl)
    .filter((release) => !release.draft)
    .map(publishedBy)
}

function publishedBy(release: GiteaRelease): Published {
  const files = (release.assets ?? []).map((asset) => ({
    name: asset.name,
    url: asset.browser_download_url,
    bytes: asset.size,
    digest: null,
  }))
  return fromGithubShape(release, files)
}
