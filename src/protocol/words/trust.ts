import type { Proof, Rung } from '../../core/model/release.ts'
import type { TrustFacts } from './words.ts'

/** What proved an installed version, as `status` tells it. */
export interface ProvenBy {
  readonly rung: Rung
  readonly kind: Proof['kind'] | null
  readonly by: string | null
  readonly stated_by: string | null
}

export function trustFacts({ rung, kind, by, stated_by: statedBy }: ProvenBy): TrustFacts {
  return { rung, statedBy, proof: kind === null || by === null ? null : { rung, kind, by } }
}

/** What a release is proven by, in each language. Plans of older versions name no proof, but who stated the digest. */
export function trustEn({ rung, statedBy, proof }: TrustFacts): string | null {
  if (rung === null) return null
  if (rung === 'tls') return 'no checksum to compare with'
  const checksum = statedBy === null || statedBy === 'api' ? 'checksum published' : `checksum from ${statedBy}`
  if (rung === 'checksum') return checksum
  if (proof === null) return statedBy === null ? 'signed' : `signed by ${statedBy}`
  const signed = signedEn(proof)
  return statedBy === null || statedBy === proof.by ? signed : `${checksum}, ${signed}`
}

function signedEn({ kind, by }: Proof): string {
  switch (kind) {
    case 'minisign':
      return `signed by key ${by}`
    case 'attestation':
      return `built by ${by}, attested`
    case 'cosign':
      return `image signed by ${by}`
    case 'git':
      return `signed by ${by}`
    case 'tuf':
      return `signed by ${by} (TUF)`
  }
}

export function trustDe({ rung, statedBy, proof }: TrustFacts): string | null {
  if (rung === null) return null
  if (rung === 'tls') return 'keine Prüfsumme zum Vergleichen'
  const checksum = statedBy === null || statedBy === 'api' ? 'Prüfsumme veröffentlicht' : `Prüfsumme aus ${statedBy}`
  if (rung === 'checksum') return checksum
  if (proof === null) return statedBy === null ? 'signiert' : `signiert von ${statedBy}`
  const signed = signedDe(proof)
  return statedBy === null || statedBy === proof.by ? signed : `${checksum}, ${signed}`
}

function signedDe({ kind, by }: Proof): string {
  switch (kind) {
    case 'minisign':
      return `signiert mit dem Schlüssel ${by}`
    case 'attestation':
      return `gebaut von ${by}, bezeugt`
    case 'cosign':
      return `Image signiert von ${by}`
    case 'git':
      return `signiert von ${by}`
    case 'tuf':
      return `signiert von ${by} (TUF)`
  }
}
