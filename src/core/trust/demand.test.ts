import { describe, expect, test } from 'vitest'
import { problem } from '../model/problem.ts'
import { digestSchema } from '../model/names.ts'
import { type Proof, type Rung, rungs } from '../model/release.ts'
import { noProofs, verifyDemand } from './demand.ts'
import type { Proofs, Statement } from './prover.ts'

const one = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const two = digestSchema.parse(`sha256:${'2'.repeat(64)}`)
const file = 'app-1.1.0.tar.gz.sha256'

function demand(
  required: Rung,
  api: typeof one | null,
  stated: Statement | null,
  proof?: Proof,
  proofs: Proofs = noProofs,
) {
  const artifact = { name: 'app-1.1.0.tar.gz', url: 'https://example.org/a', bytes: 10, digest: api }
  const about = { title: null, notes: null, url: null, publishedAt: null, prerelease: false, checksums: [], assets: [] }
  const release = { version: '1.1.0', tag: 'v1.1.0', artifact, ...about, ...(proof === undefined ? {} : { proof }) }
  return verifyDemand({ release, artifact, required, stated, proofs })
}

describe('what a download must be', () => {
  test.each([
    ['tls', null, null, { rung: 'tls', digest: null, statedBy: null }],
    ['tls', one, null, { rung: 'checksum', digest: one, statedBy: 'api' }],
    ['checksum', one, null, { rung: 'checksum', digest: one, statedBy: 'api' }],
    ['checksum', null, { digest: two, by: file }, { rung: 'checksum', digest: two, statedBy: file }],
    ['checksum', one, { digest: one, by: file }, { rung: 'checksum', digest: one, statedBy: file }],
  ] as const)(
    'when %s is required, the API says %s and a file %j, then it is %j',
    (required, api, stated, expected) => {
      expect(demand(required, api, stated)).toMatchObject(expected)
    },
  )

  test('when nobody states a checksum and one is required, then the hint names the key', () => {
    expect(demand('checksum', null, null)).toMatchObject({
      code: 'E_CHECKSUM_MISSING',
      message: 'nobody states a checksum of app-1.1.0.tar.gz, and one is required',
      hint: 'Ask its publisher for app-1.1.0.tar.gz.sha256, or accept it without one: trust: { require: tls }.',
    })
  })

  test('when two statements disagree, then both are shown and no rung lets it through', () => {
    for (const required of rungs) {
      expect(demand(required, one, { digest: two, by: file })).toMatchObject({
        code: 'E_CHECKSUM_MISMATCH',
        facts: {
          conflicts: [
            { digest: one, by: 'api' },
            { digest: two, by: file },
          ],
        },
      })
    }
  })

  test.each(['signature', 'attestation', 'tuf'] as const)(
    'when %s is required, then a checksum is not enough',
    (rung) => {
      expect(demand(rung, one, null)).toMatchObject({
        code: 'E_TRUST_TOO_LOW',
        message: `app-1.1.0.tar.gz is proven by a published checksum, and trust.require asks for ${rung}`,
        hint: 'Lower it in the config if that is enough for you: trust: { require: checksum }.',
      })
      expect(demand(rung, null, null)).toMatchObject({ code: 'E_TRUST_TOO_LOW', facts: { rung: 'tls' } })
    },
  )

  test('when the source proved the digest by itself, then its rung is reached, and a checksum file may not disagree', () => {
    const proof = { rung: 'tuf', kind: 'tuf', by: 'stable.json' } as const
    const proven = { rung: 'tuf', digest: one, statedBy: 'stable.json' }
    for (const required of rungs) expect(demand(required, one, null, proof)).toMatchObject(proven)
    expect(demand('tuf', one, { digest: one, by: file }, proof)).toMatchObject(proven)
    expect(demand('tls', one, { digest: two, by: file }, proof)).toMatchObject({ code: 'E_CHECKSUM_MISMATCH' })
    // A proof of nothing is none.
    expect(demand('tuf', null, { digest: one, by: file }, proof)).toMatchObject({ code: 'E_TRUST_TOO_LOW' })
  })
  const key: Proof = { rung: 'signature', kind: 'minisign', by: 'RWQ…' }
  const list = { kind: 'digest', proof: key, digest: one, statedBy: 'SHA256SUMS' } as const
  const sums: Proofs = { proven: [list], missing: [] }

  test('when a signed list states the digest, then that is proven, and neither API nor file may say another', () => {
    const proven = { rung: 'signature', digest: one, statedBy: 'SHA256SUMS', proof: key, signature: null }
    for (const required of ['tls', 'checksum', 'signature'] as const) {
      expect(demand(required, null, null, undefined, sums)).toMatchObject(proven)
      expect(demand(required, one, { digest: one, by: file }, undefined, sums)).toMatchObject(proven)
    }
    expect(demand('tls', two, null, undefined, sums)).toMatchObject({ code: 'E_CHECKSUM_MISMATCH' })
    expect(demand('tls', null, { digest: two, by: file }, undefined, sums)).toMatchObject({
      code: 'E_CHECKSUM_MISMATCH',
    })
  })

  test('when the bytes must be signed, then that is demanded besides the digest, or alone', () => {
    const signature = { kind: 'minisign', key: 'RWQ', signature: 'x', prehashed: true, by: 'a.minisig' } as const
    const bytes: Proofs = { proven: [{ kind: 'bytes', proof: key, signature }], missing: [] }
    expect(demand('signature', null, null, undefined, bytes)).toMatchObject({
      rung: 'signature',
      digest: null,
      signature,
    })
    expect(demand('signature', one, null, undefined, bytes)).toMatchObject({ digest: one, statedBy: 'api', signature })
  })

  test('when several prove it, then the highest is shown, all of their statements agree, and a signature is demanded too', () => {
    const build: Proof = { rung: 'attestation', kind: 'attestation', by: 'w.yml' }
    const signature = { kind: 'minisign', key: 'RWQ', signature: 'x', prehashed: true, by: 'a.minisig' } as const
    const built = { kind: 'digest', proof: build, digest: one, statedBy: 'w.yml' } as const
    const both: Proofs = { proven: [built, { kind: 'bytes', proof: key, signature }], missing: [] }
    const expected = { rung: 'attestation', proof: build, digest: one, statedBy: 'w.yml', signature }
    expect(demand('attestation', one, null, undefined, both)).toMatchObject(expected)
    const apart: Proofs = { proven: [{ ...built, digest: two }, list], missing: [] }
    expect(demand('tls', null, null, undefined, apart)).toMatchObject({ code: 'E_CHECKSUM_MISMATCH' })
    const role: Proof = { rung: 'tuf', kind: 'tuf', by: 'stable.json' }
    expect(demand('tuf', one, null, role, both)).toMatchObject({ rung: 'tuf', proof: role, signature })
    expect(demand('tuf', one, null, role, apart)).toMatchObject({ code: 'E_CHECKSUM_MISMATCH' })
  })

  test('when a proof is missing, then it is told what it lacks and what was asked, or passed on where less is', () => {
    const lacks = problem('E_SIGNER_UNTRUSTED', 'a.minisig is by another key', { hint: 'Ask.' })
    const proofs: Proofs = { proven: [], missing: [lacks] }
    expect(demand('checksum', one, null, undefined, proofs)).toMatchObject({ rung: 'checksum', missing: [lacks] })
    expect(demand('signature', one, null, undefined, proofs)).toMatchObject({
      code: 'E_SIGNER_UNTRUSTED',
      message:
        'a.minisig is by another key; app-1.1.0.tar.gz is proven by a published checksum, and trust.require asks for signature',
      hint: 'Ask.',
    })
    expect(demand('attestation', one, null, undefined, sums)).toMatchObject({
      code: 'E_TRUST_TOO_LOW',
      message: 'app-1.1.0.tar.gz is proven by signature (RWQ…), and trust.require asks for attestation',
    })
  })
})
