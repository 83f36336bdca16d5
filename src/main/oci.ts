import { registryAuth } from '../host/registry/credentials.ts'
import type { Source } from '../ports/source.ts'
import { ociSource } from '../sources/oci/index.ts'
import { type AdapterLoaders, openAs } from './adapters.ts'
import type { AdapterDeps } from './deps.ts'
import { anySpec } from './specs.ts'

/** The source of images, with the sources that it may ask for notes. */
export async function openOci(deps: AdapterDeps, releases: AdapterLoaders['sources']): Promise<Source<unknown>> {
  const { secrets, environment, clock, platform, allowHttp } = deps
  return ociSource({
    http: await deps.http(),
    cache: await deps.cache(),
    clock,
    platform,
    allowHttp,
    login: (image, login, signal) => registryAuth(image, login, { secrets, environment }, signal),
    releases: {
      config: anySpec,
      list: async (spec, options) => {
        const { kind, config } = await openAs(releases, spec, 'source')
        return kind.list(config, options)
      },
    },
  })
}
