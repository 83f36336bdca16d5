import { registryAuth } from '../host/registry/credentials.ts'
import type { Source } from '../ports/source.ts'
import { type ImageProofs, imageProofs } from '../sources/oci/proofs.ts'
import { ociSource } from '../sources/oci/index.ts'
import type { RegistryDeps } from '../sources/oci/registry.ts'
import { ociSchema } from '../sources/oci/schema.ts'
import { type AdapterLoaders, openAs } from './adapters.ts'
import type { AdapterDeps } from './deps.ts'
import { anySpec } from './specs.ts'

/** The source of images, with the sources that it may ask for notes. */
export async function openOci(deps: AdapterDeps, releases: AdapterLoaders['sources']): Promise<Source<unknown>> {
  const { platform } = deps
  return ociSource({
    ...(await registryDeps(deps)),
    cache: await deps.cache(),
    platform,
    releases: {
      config: anySpec,
      list: async (spec, options) => {
        const { kind, config } = await openAs(releases, spec, 'source')
        return kind.list(config, options)
      },
      atRoot: async (spec, release, name, signal) => {
        const { kind, config } = await openAs(releases, spec, 'source')
        return (await kind.atRoot?.(config, release, name, signal)) ?? null
      },
      open: async (spec, artifact, offset, signal) => {
        const { kind, config } = await openAs(releases, spec, 'source')
        return kind.open(config, artifact, offset, signal)
      },
    },
  })
}

/** What proves images, with a memory of registries of its own. */
export async function openImageProofs(deps: AdapterDeps): Promise<ImageProofs> {
  const schema = ociSchema(anySpec)
  return imageProofs(await registryDeps(deps), (source) => schema.parse(source))
}

async function registryDeps({ http, clock, allowHttp, secrets, environment }: AdapterDeps): Promise<RegistryDeps> {
  return {
    http: await http(),
    clock,
    allowHttp,
    login: (image, login, signal) => registryAuth(image, login, { secrets, environment }, signal),
  }
}
