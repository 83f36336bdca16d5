import type { TrustedRoot } from '@sigstore/protobuf-specs'
import type { Digest } from '../../core/model/names.ts'
import type { Problem } from '../../core/model/problem.ts'
import { compareSigner, type ExpectedBuild } from '../../core/trust/sigstore/build-policy.ts'
import { bundleUnreadable, nothingAttested, notProvenance, otherSubject } from '../../core/trust/sigstore/failures.ts'
import { isProvenance, readStatement, statementType, subjectDigest } from '../../core/trust/sigstore/statement.ts'
import { openBundle } from './bundle.ts'

export interface AttestedFile {
  readonly name: string
  /** null: what the attestation says of this name is taken. */
  readonly digest: Digest | null
  /** The bundles are those of a whole release: one about another file says nothing of this one. */
  readonly shared?: boolean
}

export interface AttestationQuestion {
  readonly file: AttestedFile
  /** Bundles as they were served. A release has one for each of its builds and purposes; one that fits is enough. */
  readonly bundles: readonly unknown[]
  readonly expected: ExpectedBuild
  readonly roots: readonly TrustedRoot[]
}

export interface Attested {
  readonly digest: Digest
  /** The build, as it is shown: the workflow at its ref. */
  readonly by: string
}

/** More than a person would make for one file; each costs some 20 ms. */
const bundlesMax = 32

/**
 * Whether the trusted build made this file. Problems: E_SIGNATURE_MISSING where no bundle says how it was built; else what
 * is wrong with the one that came nearest: E_SIGNATURE_INVALID, E_SIGNER_UNTRUSTED, E_SIGNATURE_OTHER.
 */
export function proveAttestation({ file, bundles, expected, roots }: AttestationQuestion): Attested | Problem {
  let nearest: { readonly problem: Problem; readonly rank: number } | null = null
  for (const bundle of bundles.slice(0, bundlesMax)) {
    const read = readOne(bundle, file, expected, roots)
    if ('digest' in read) return read
    const rank = ranks.indexOf(read.code)
    if (nearest === null || rank > nearest.rank) nearest = { problem: read, rank }
  }
  return nearest?.problem ?? nothingAttested(file.name)
}

/** How far one came. One that is genuine, trusted and about another file tells more than a broken one beside it. */
const ranks: readonly string[] = ['E_SIGNATURE_INVALID', 'E_SIGNER_UNTRUSTED', 'E_SIGNATURE_OTHER']

function readOne(
  bundle: unknown,
  { name, digest, shared = false }: AttestedFile,
  expected: ExpectedBuild,
  roots: readonly TrustedRoot[],
): Attested | Problem {
  const signed = openBundle({ bundle, roots, about: name })
  if ('code' in signed) return signed
  const { envelope, signer } = signed
  if (envelope === null || envelope.type !== statementType) return bundleUnreadable(name, 'it holds no statement')
  const untrusted = compareSigner(signer, expected, name)
  if (untrusted !== null) return untrusted
  const statement = readStatement(envelope.payload)
  if (statement === null) return bundleUnreadable(name, 'what it signs is no in-toto statement')
  if (!isProvenance(statement)) return notProvenance(name, statement.predicateType.slice(0, 200))
  const found = subjectDigest(statement, name, digest)
  if (found !== null) return { digest: found, by: expected.subject }
  const named = statement.subjects.some((subject) => subject.name === name)
  return named || !shared ? otherSubject(name, digest) : nothingAttested(name)
}
