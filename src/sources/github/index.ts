import type { Published } from '../../core/release/describe.ts'
import { fromGithubShape } from '../../core/release/github-shape.ts'
import type { Artifact } from '../../core/model/release.ts'
import { fileAt, listReleases, openArtifact } from '../../host/http/releases.ts'
import { parseList } from '../../host/http/parse.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import type { Source } from '../../ports/source.ts'
import { githubConfigSchema, githubReleaseSchema } from './schema.ts'
import type { GithubAsset, GithubConfig, GithubRelease } from './schema.ts'

/** 100 releases to a page: the thousand newest. */
const pagesMax = 10

/** Releases of a GitHub repository: the list, not `/latest`, which knows neither prereleases nor other components' tags. */
export function githubSource(deps: SourceDeps): Source<GithubConfig> {
  return {
    kind: 'github',
    config: githubConfigSchema,
    describe: (config) => `github ${config.repo}`,
    list: async (config, options) => {
      const secretHeaders = await authorization(deps, config)
      const withToken = Object.keys(secretHeaders).length > 0
      const request = {
        url: `${config.api}/repos/${config.repo}/releases?per_page=100`,
        headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
        secretHeaders,
        pagesMax,
        project: config.repo.split('/')[1] ?? config.repo,
        archiveIfNoFiles: false,
        parse: (json: unknown, url: string) => readReleases(json, url, withToken),
      }
      return await listReleases(deps, config, request, options)
    },
    atRoot: async (config, { tag }, name) => fileAt(name, `${rootOf(config)}${name}?ref=${encodeURIComponent(tag)}`),
    open: async (config, artifact, offset, signal) => {
      const inTree = artifact.url.startsWith(rootOf(config))
      const headers = { accept: inTree ? 'application/vnd.github.raw+json' : 'application/octet-stream' }
      const secretHeaders = () => authorization(deps, config)
      return await openArtifact(deps, artifact, { headers, secretHeaders, origins: [config.api] }, offset, signal)
    },
  }
}

const rootOf = ({ api, repo }: GithubConfig): string => `${api}/repos/${repo}/contents/`

async function authorization(deps: SourceDeps, config: GithubConfig): Promise<Headers> {
  const token = await deps.secrets.token(config)
  return token === null ? {} : { authorization: `Bearer ${token}` }
}

function readReleases(json: unknown, shownUrl: string, withToken: boolean): readonly Published[] {
  const releases = parseList(json, githubReleaseSchema, shownUrl)
  return releases.filter((release) => !release.draft).map((release) => publishedBy(release, withToken))
}

function publishedBy(release: GithubRelease, withToken: boolean): Published {
  const uploaded = release.assets.filter((asset) => asset.state === 'uploaded')
  return fromGithubShape(
    release,
    uploaded.map((asset) => artifactOf(asset, withToken)),
  )
}

/** Assets of private repositories can be had from the API alone; public ones spend no quota at the other address. */
const artifactOf = (asset: GithubAsset, withToken: boolean): Artifact => ({
  name: asset.name,
  url: withToken ? asset.url : asset.browser_download_url,
  bytes: asset.size,
  digest: asset.digest ?? null,
})
