import type { Spec } from '../core/model/names.ts'
import type { Prover } from '../core/trust/prover.ts'
import type { AdapterDeps } from './deps.ts'
import { allProvers } from './provers.ts'

/** All of them; what a bundle stands in for is asked of the bundle, not of the network. */
export function proversFor(deps: AdapterDeps): readonly Prover[] {
  return allProvers(deps).map((usual, i) => ({
    ...usual,
    prove: async (question) => {
      if (question.source['bundle'] === undefined) return usual.prove(question)
      const { bundle, ...source } = question.source
      const prover = allProvers(await withoutNetwork(deps, bundle, source))[i] ?? usual
      return prover.prove({ ...question, source })
    },
  }))
}

async function withoutNetwork(deps: AdapterDeps, ref: Spec[string] | undefined, of: Spec): Promise<AdapterDeps> {
  const [{ openedBundle, shelfOf }, { localHttp }] = await Promise.all([
    import('../sources/bundle/source.ts'),
    import('../host/bundle/local-http.ts'),
  ])
  const bundle = await openedBundle(ref)
  return { ...deps, http: async () => localHttp(shelfOf(bundle, of)) }
}
