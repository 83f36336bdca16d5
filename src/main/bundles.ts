import { bundleSource } from '../sources/bundle/source.ts'
import type { Source } from '../ports/source.ts'
import { type AdapterLoaders, openAdapters } from './adapters.ts'
import type { AdapterDeps } from './deps.ts'

/** A file in place of a source. The source itself reads it, where its proofs are its own. */
export function openBundles(deps: AdapterDeps, loaders: (deps: AdapterDeps) => AdapterLoaders): Source<unknown> {
  return bundleSource({
    clock: deps.clock,
    platform: deps.platform,
    inner: (spec, http) => openAdapters(loaders({ ...deps, http: async () => http })).source(spec),
  })
}
