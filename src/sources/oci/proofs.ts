import { problem, type Problem } from '../../core/model/problem.ts'
import type { Prover, Question } from '../../core/trust/prover.ts'
import { nothingAttested } from '../../core/trust/sigstore/failures.ts'
import { proveImage } from '../../host/signatures/cosign.ts'
import type { ImageSignature } from '../../host/signatures/image-signature.ts'
import type { Login } from '../../host/registry/credentials.ts'
import { openRegistry, type RegistryDeps } from './registry.ts'
import { type Image, imageOf, type OciConfig } from './schema.ts'
import { imageSignatures } from './signatures.ts'

export interface ImageProofs {
  /** By who signed the image (cosign). */
  readonly signed: Prover['prove']
  /** By which build made it: provenance among what refers to the image. */
  readonly attested: Prover['prove']
}

/** Proofs of the digest of an image, as they lie in its registry. `parse`: the source's own schema. */
export function imageProofs(deps: RegistryDeps, parse: (source: unknown) => OciConfig): ImageProofs {
  const registry = openRegistry(deps)
  const find = async ({ source, artifact, signal }: Question): Promise<Found | Problem> => {
    const { digest, name } = artifact
    if (digest === null) {
      return problem('E_SIGNATURE_MISSING', `nothing says which image ${name} is, so nothing can be signed`, {
        hint: 'Look at the registry: it states no digest.',
      })
    }
    const config = parse(source)
    const image = imageOf(config)
    const login: Login = { username: config.username, password: config.password }
    return { image, digest, signatures: await imageSignatures(registry, { image, login, signal }, digest) }
  }
  return {
    async signed(question) {
      const { cosign } = question.trust
      const found = await find(question)
      if ('code' in found || cosign === null) return asProblem(found, question)
      const proven = await proveImage({ ...found, trust: cosign })
      if ('code' in proven) return proven
      const { by } = proven
      return { kind: 'digest', digest: found.digest, statedBy: by, proof: { rung: 'signature', kind: 'cosign', by } }
    },
    async attested(question) {
      const { attestation } = question.trust
      const found = await find(question)
      if ('code' in found || attestation === null) return asProblem(found, question)
      const bundles = found.signatures.flatMap((one) => (one.kind === 'bundle' ? [one.bundle] : []))
      const { judgeAttestations } = await import('../../host/signatures/attestation-prover.ts')
      return judgeAttestations(question, attestation, bundles)
    },
  }
}

interface Found {
  readonly image: Image
  readonly digest: NonNullable<Question['artifact']['digest']>
  readonly signatures: readonly ImageSignature[]
}

/** Only who names keys is asked for them. */
function asProblem(found: Found | Problem, { artifact }: Question): Problem {
  return 'code' in found ? found : nothingAttested(artifact.name)
}
