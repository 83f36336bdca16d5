import { commitVersion } from '../../core/version/commit.ts'
import type { Release } from '../../core/model/release.ts'
import { listPages } from '../../host/http/listing.ts'
import { parseList } from '../../host/http/parse.ts'
import { openArtifact } from '../../host/http/releases.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import type { Source } from '../../ports/source.ts'
import { archiveOf, blobsOf } from './addresses.ts'
import { branchFailure } from './failures.ts'
import { type Commit, commitSchema, type GithubTreeConfig, githubTreeSchema } from './schema.ts'
import { treeOf } from './tree.ts'

const headers: Headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' }
const titleCharsMax = 300

/** A branch on GitHub, commit by commit, and every file of each: one request for the list, one for a tree. */
export function githubTreeSource(deps: SourceDeps): Source<GithubTreeConfig> {
  return {
    kind: 'github-tree',
    config: githubTreeSchema,
    describe: ({ repo, branch }) => `github ${repo}${branch === undefined ? '' : `, branch ${branch}`}`,
    list: async (config, options) => {
      const secretHeaders = await authorization(deps, config)
      const withToken = Object.keys(secretHeaders).length > 0
      const request = {
        url: listUrl(config),
        headers,
        secretHeaders,
        pagesMax: 1,
        parse: (json: unknown, shownUrl: string) =>
          parseList(json, commitSchema, shownUrl).map((commit) => releaseOf(commit, config, withToken)),
      }
      try {
        const { items, ...pages } = await listPages(deps, request, options)
        return { ...pages, releases: items }
      } catch (error) {
        throw branchFailure(error, config)
      }
    },
    tree: async (config, release, signal) => {
      const secretHeaders = await authorization(deps, config)
      return await treeOf({ deps, config, headers, secretHeaders, signal }, release)
    },
    open: async (config, artifact, offset, signal) => {
      // Asked for as JSON, a blob would come in Base64.
      const isBlob = artifact.url.startsWith(blobsOf(config.api, config.repo))
      const accept = isBlob ? 'application/vnd.github.raw+json' : '*/*'
      const secretHeaders = () => authorization(deps, config)
      const request = { headers: { accept }, secretHeaders, origins: [config.api] }
      return await openArtifact(deps, artifact, request, offset, signal)
    },
  }
}

function listUrl({ api, repo, branch, commits }: GithubTreeConfig): string {
  const query = new URLSearchParams({ ...(branch === undefined ? {} : { sha: branch }), per_page: String(commits) })
  return `${api}/repos/${repo}/commits?${query.toString()}`
}

function releaseOf({ sha, html_url, commit }: Commit, { api, repo }: GithubTreeConfig, withToken: boolean): Release {
  const { url } = archiveOf({ api, repo, commit: sha, withToken })
  return {
    version: commitVersion(sha),
    tag: sha,
    title: commit.message.split('\n', 1)[0]?.slice(0, titleCharsMax) ?? null,
    notes: commit.message,
    url: html_url ?? null,
    publishedAt: commit.committer?.date ?? null,
    prerelease: false,
    artifact: { name: sha, url, bytes: null, digest: null },
    checksums: [],
    assets: [],
  }
}

async function authorization(deps: SourceDeps, config: GithubTreeConfig): Promise<Headers> {
  const token = await deps.secrets.token(config)
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
