/**
 * Parties: the source's server, which describes releases, and whoever can change what it serves or what passes on the
 * way. A demand says before the plan what the download must be; nothing that was not demanded is unpacked or started.
 * On the rung `checksum` the statement comes from the same server as the file: it stops a damaged or half-replaced
 * file and a mirror that lies, not a publisher whose account was taken. On `tls` nothing is compared at all.
 */
import { type Problem, problem } from '../model/problem.ts'
import type { Digest } from '../model/names.ts'
import { type Artifact, type Release, type Rung, rungs, type VerifiedRelease } from '../model/release.ts'

/** A digest and who stated it: `api`, or the name of the checksum file. */
export interface Statement {
  readonly digest: Digest
  readonly by: string
}

export interface Demand {
  readonly release: Release
  readonly artifact: Artifact
  /** The config's `trust.require`. */
  readonly required: Rung
  /** What the release's checksum file says; null when there is none. The artifact's own digest is what the API says. */
  readonly stated: Statement | null
}

/**
 * The only minter of `VerifiedRelease`. Problems: E_CHECKSUM_MISMATCH when two statements disagree (facts `conflicts`),
 * E_CHECKSUM_MISSING when a checksum is required and nobody stated one, E_TRUST_TOO_LOW for every higher rung.
 */
export function verifyDemand({ release, artifact, required, stated }: Demand): VerifiedRelease | Problem {
  const api = artifact.digest === null ? null : { digest: artifact.digest, by: 'api' }
  if (api !== null && stated !== null && api.digest !== stated.digest) return disagreement(artifact, [api, stated])
  const statement = stated ?? api
  const rung: Rung = statement === null ? 'tls' : 'checksum'
  if (rungs.indexOf(rung) < rungs.indexOf(required)) return tooLow(artifact, rung, required)
  return mint({ release, artifact, rung, digest: statement?.digest ?? null, statedBy: statement?.by ?? null })
}

function mint(fields: Omit<VerifiedRelease, keyof VerifiedRelease & symbol>): VerifiedRelease {
  return fields as VerifiedRelease
}

function disagreement(artifact: Artifact, conflicts: readonly [Statement, Statement]): Problem {
  const [a, b] = conflicts
  return problem('E_CHECKSUM_MISMATCH', `two statements about ${artifact.name} disagree: ${a.by} and ${b.by}`, {
    hint: 'The file or its checksum was replaced after the release: ask its publisher which one is right.',
    facts: { artifact: artifact.name, conflicts: conflicts.map(({ digest, by }) => ({ digest, by })) },
  })
}

function tooLow(artifact: Artifact, rung: Rung, required: Rung): Problem {
  const facts = { artifact: artifact.name, rung, required }
  if (required === 'checksum') {
    return problem('E_CHECKSUM_MISSING', `nobody states a checksum of ${artifact.name}, and one is required`, {
      hint: `Ask its publisher for ${artifact.name}.sha256, or accept it without one: trust: { require: tls }.`,
      facts,
    })
  }
  const reached = rung === 'tls' ? 'nothing but the connection' : 'a published checksum'
  return problem(
    'E_TRUST_TOO_LOW',
    `${artifact.name} is proven by ${reached}, and trust.require asks for ${required}`,
    {
      hint: `Lower it in the config if that is enough for you: trust: { require: ${rung} }.`,
      facts,
    },
  )
}
