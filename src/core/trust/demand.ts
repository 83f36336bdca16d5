/**
 * Parties: the source's server, which describes releases, and whoever can change what it serves or what passes on the
 * way; those whose keys the config names. A demand says before the plan what the download must be; nothing that was not
 * demanded is unpacked or started. On the rung `checksum` the statement comes from the same server as the file: it stops
 * a damaged or half-replaced file and a mirror that lies, not a publisher whose account was taken. On `tls` nothing is
 * compared at all.
 */
import { type Problem, problem } from '../model/problem.ts'
import { type Artifact, type Proof, type Release, type Rung, rungs, type VerifiedRelease } from '../model/release.ts'
import type { Proofs, Statement } from './prover.ts'

export interface Demand {
  readonly release: Release
  readonly artifact: Artifact
  /** The config's `trust.require`. */
  readonly required: Rung
  /** What the release's checksum file says; null when there is none. The artifact's own digest is what the API says. */
  readonly stated: Statement | null
  readonly proofs: Proofs
}

/** Of a component that names no keys. */
export const noProofs: Proofs = { proven: [], missing: [] }

/**
 * The only minter of `VerifiedRelease`. Problems: E_CHECKSUM_MISMATCH when two statements disagree (facts `conflicts`),
 * E_CHECKSUM_MISSING when a checksum is required and nobody stated one; for every higher rung that is not reached what
 * its proof lacks (E_SIGNATURE_MISSING, E_SIGNER_UNTRUSTED), else E_TRUST_TOO_LOW.
 */
export function verifyDemand(demand: Demand): VerifiedRelease | Problem {
  const { release, artifact, required, stated, proofs } = demand
  const own = artifact.digest === null ? null : { digest: artifact.digest, by: release.proof?.by ?? 'api' }
  const signed = proofs.proven.flatMap((one) =>
    one.kind === 'digest' ? [{ digest: one.digest, by: one.statedBy }] : [],
  )
  const statements = [own, stated, ...signed].filter((one) => one !== null)
  const conflict = statements.find(({ digest }) => digest !== statements[0]?.digest)
  if (conflict !== undefined && statements[0] !== undefined) return disagreement(artifact, [statements[0], conflict])
  const proof = proofOf(demand)
  const statement = proof !== null && proof === release.proof ? own : (signed[0] ?? stated ?? own)
  const rung: Rung = proof?.rung ?? (statement === null ? 'tls' : 'checksum')
  if (rungs.indexOf(rung) < rungs.indexOf(required)) return tooLow(demand, rung, proof)
  return mint({
    release,
    artifact,
    rung,
    digest: statement?.digest ?? null,
    statedBy: statement?.by ?? null,
    proof,
    signature: proofs.proven.find((one) => one.kind === 'bytes')?.signature ?? null,
    missing: proofs.missing,
  })
}

/** What the source proved by itself stands higher than what lies beside its files. A proof of no digest is none. */
function proofOf({ release, artifact, proofs }: Demand): Proof | null {
  if (release.proof !== undefined && artifact.digest !== null) return release.proof
  return proofs.proven[0]?.proof ?? null
}

function mint(fields: Omit<VerifiedRelease, keyof VerifiedRelease & symbol>): VerifiedRelease {
  return fields as VerifiedRelease
}

/** E_CHECKSUM_MISMATCH: two who speak of the same file mean different bytes. */
export function disagreement(artifact: Artifact, conflicts: readonly [Statement, Statement]): Problem {
  const [a, b] = conflicts
  return problem('E_CHECKSUM_MISMATCH', `two statements about ${artifact.name} disagree: ${a.by} and ${b.by}`, {
    hint: 'The file or its checksum was replaced after the release: ask its publisher which one is right.',
    facts: { artifact: artifact.name, conflicts: conflicts.map(({ digest, by }) => ({ digest, by })) },
  })
}

function tooLow({ artifact, required, proofs }: Demand, rung: Rung, proof: Proof | null): Problem {
  const facts = { artifact: artifact.name, rung, required }
  if (required === 'checksum') {
    return problem('E_CHECKSUM_MISSING', `nobody states a checksum of ${artifact.name}, and one is required`, {
      hint: `Ask its publisher for ${artifact.name}.sha256, or accept it without one: trust: { require: tls }.`,
      facts,
    })
  }
  const [lacks] = proofs.missing
  const reached = reachedBy(rung, proof)
  const asked = `${artifact.name} is proven by ${reached}, and trust.require asks for ${required}`
  const lower = `Lower it in the config if that is enough for you: trust: { require: ${rung} }.`
  if (lacks === undefined) return problem('E_TRUST_TOO_LOW', asked, { hint: lower, facts })
  return { ...lacks, message: `${lacks.message}; ${asked}`, facts: { ...lacks.facts, ...facts } }
}

function reachedBy(rung: Rung, proof: Proof | null): string {
  if (proof !== null) return `${rung} (${proof.by})`
  return rung === 'tls' ? 'nothing but the connection' : 'a published checksum'
}
