import { join } from 'node:path'
import type { Prover } from '../core/trust/prover.ts'
import { attestationProver } from '../host/signatures/attestation-prover.ts'
import type { AdapterDeps } from './deps.ts'
import { once } from './once.ts'

/** Every kind of proof, the code behind each loaded when it is first asked. See `core/trust/prover.ts`. */
export function allProvers(deps: AdapterDeps): readonly Prover[] {
  // One for all components: what a registry let it in with is kept.
  const images = once(async () => (await import('./oci.ts')).openImageProofs(deps))
  return [
    {
      rung: 'signature',
      applies: ({ trust }) => trust.minisign.length > 0,
      prove: async (question) => {
        const [{ proveMinisign }, { minisignKeys }] = await Promise.all([
          import('../core/trust/minisign-proof.ts'),
          import('../host/signatures/minisign-keys.ts'),
        ])
        return proveMinisign(question, await minisignKeys(question.trust.minisign))
      },
    },
    attestationProver(async () => ({ http: await deps.http(), secrets: deps.secrets })),
    {
      rung: 'signature',
      applies: ({ trust, source }) => trust.cosign !== null && source.type === 'oci',
      prove: async (question) => (await images()).signed(question),
    },
    {
      rung: 'attestation',
      applies: ({ trust, source }) => trust.attestation !== null && source.type === 'oci',
      prove: async (question) => (await images()).attested(question),
    },
    {
      rung: 'signature',
      applies: ({ trust, source }) => trust.git !== null && source.type === 'git',
      prove: async (question) => {
        const [{ gitProof }, { gitCaches }] = await Promise.all([
          import('../sources/git/signed-prover.ts'),
          import('../host/git/cache.ts'),
        ])
        return gitProof(gitCaches(join(deps.stateDir, 'cache', 'git'), deps.clock))(question)
      },
    },
  ]
}
