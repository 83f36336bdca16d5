import type { Artifact } from '../../core/model/release.ts'
import type { Problem } from '../../core/model/problem.ts'
import type { Proven, Prover, Question } from '../../core/trust/prover.ts'
import type { AttestationTrust } from '../../core/trust/settings.ts'
import { nothingAttested } from '../../core/trust/sigstore/failures.ts'
import type { GithubDeps } from './github-attestations.ts'

/** Beside one file: what `cosign attest-blob`, `gh attestation download` and others write. Best first. */
const endings = ['.sigstore.json', '.sigstore.jsonl', '.sigstore', '.jsonl'] as const
const filesMax = 4
const fileBytesMax = 8 * 1024 * 1024
/** Of images and commits something else is signed. */
const otherKinds: ReadonlySet<string> = new Set(['oci', 'git', 'github-tree'])

/**
 * Proves files by who built them: bundles beside the file, or in a file for the whole release; where a source is GitHub and
 * there is none, those that GitHub keeps by the file's digest.
 */
export function attestationProver(github: () => Promise<GithubDeps>): Prover {
  return {
    rung: 'attestation',
    applies: ({ trust, source }) => trust.attestation !== null && !otherKinds.has(source.type),
    prove: async (question) => {
      const { attestation } = question.trust
      if (attestation === null) return nothingAttested(question.artifact.name)
      const bundles = await bundlesFor(question, attestation, github)
      return judgeAttestations(question, attestation, bundles)
    },
  }
}

/** Whether one of these bundles is of the trusted build, for the release's own file or image. */
export async function judgeAttestations(
  { artifact, release, stated }: Question,
  attestation: AttestationTrust,
  bundles: readonly unknown[],
): Promise<Proven | Problem> {
  if (bundles.length === 0) return nothingAttested(artifact.name)
  const [{ proveAttestation }, { trustRoots }, { expectedBuild }] = await Promise.all([
    import('./attestation.ts'),
    import('./trust-root.ts'),
    import('../../core/trust/sigstore/build-policy.ts'),
  ])
  const found = proveAttestation({
    file: {
      name: artifact.name,
      digest: stated?.digest ?? artifact.digest,
      shared: isShared(artifact.name, release.files ?? []),
    },
    bundles,
    expected: expectedBuild(attestation, release),
    roots: await trustRoots(attestation.trustedRoot),
  })
  if ('code' in found) return found
  const { digest, by } = found
  return { kind: 'digest', digest, statedBy: by, proof: { rung: 'attestation', kind: 'attestation', by } }
}

async function bundlesFor(
  question: Question,
  { repo }: AttestationTrust,
  github: () => Promise<GithubDeps>,
): Promise<readonly unknown[]> {
  const { artifact, release, source, stated, signal } = question
  const files = attestationFiles(artifact.name, release.files ?? [])
  if (files.length > 0) return (await Promise.all(files.map((file) => documents(question, file)))).flat()
  const digest = stated?.digest ?? artifact.digest
  if (source.type !== 'github' || digest === null || repo.includes('://')) return []
  const { githubAttestations } = await import('./github-attestations.ts')
  return githubAttestations(await github(), { source, repo, digest }, signal)
}

function isShared(name: string, files: readonly Artifact[]): boolean {
  const [first] = attestationFiles(name, files)
  return first !== undefined && !first.name.startsWith(name)
}

/** Those of the file itself; where it has none, those that belong to no file of the release. */
export function attestationFiles(name: string, files: readonly Artifact[]): readonly Artifact[] {
  const own = endings.flatMap((ending) => files.find((file) => file.name === `${name}${ending}`) ?? [])
  if (own.length > 0) return own.slice(0, filesMax)
  const names = new Set(files.map((file) => file.name))
  const shared = files.filter((file) => {
    const stem = /^(.+)\.sigstore(?:\.jsonl?)?$/.exec(file.name)?.[1]
    return stem !== undefined && !names.has(stem)
  })
  return shared.slice(0, filesMax)
}

async function documents(question: Question, file: Artifact): Promise<readonly unknown[]> {
  const text = Buffer.from(await question.read(file, fileBytesMax)).toString('utf8')
  const { documentsIn } = await import('./trust-root.ts')
  return documentsIn(text)
}
