import { showUrl } from '../../host/http/address.ts'
import { listReleases, openArtifact } from '../../host/http/releases.ts'
import type { SourceDeps } from '../../host/http/source-deps.ts'
import type { Headers } from '../../host/http/types.ts'
import type { Source } from '../../ports/source.ts'
import { readFeed } from './feed.ts'
import { httpConfigSchema } from './schema.ts'
import type { HttpConfig } from './schema.ts'

/** GitHub's and GitLab's lists come in pages; other feeds in one. */
const pagesMax = 10

/** A JSON feed of releases over HTTP, in any of the shapes that `feed.ts` reads. */
export function httpSource(deps: SourceDeps): Source<HttpConfig> {
  return {
    kind: 'http',
    config: httpConfigSchema,
    describe: (config) => `http ${showUrl(config.url)}`,
    list: async (config, options) => {
      const request = {
        url: config.url,
        secretHeaders: await authorization(deps, config),
        pagesMax,
        project: 'release',
        archiveIfNoFiles: true,
        parse: (json: unknown, shownUrl: string) => readFeed(json, { url: config.url, shownUrl }),
      }
      return await listReleases(deps, config, request, options)
    },
    open: async (config, artifact, offset, signal) => {
      const secretHeaders = () => authorization(deps, config)
      return await openArtifact(deps, artifact, { secretHeaders, origins: [config.url] }, offset, signal)
    },
  }
}

async function authorization(deps: SourceDeps, config: HttpConfig): Promise<Headers> {
  const token = await deps.secrets.token(config)
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
