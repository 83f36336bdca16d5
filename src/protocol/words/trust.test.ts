import { expect, test } from 'vitest'
import { wordsIn } from './in.ts'
import type { TrustFacts } from './words.ts'

const key = { rung: 'signature', kind: 'minisign', by: 'RWRKvds6jS8zjO…' } as const
const build = {
  rung: 'attestation',
  kind: 'attestation',
  by: 'https://github.com/o/r/.github/workflows/w.yml@refs/tags/v1',
} as const

const said: readonly (readonly [TrustFacts, string | null, string | null])[] = [
  [{ rung: null, statedBy: null, proof: null }, null, null],
  [{ rung: 'tls', statedBy: null, proof: null }, 'no checksum to compare with', 'keine Prüfsumme zum Vergleichen'],
  [{ rung: 'checksum', statedBy: 'api', proof: null }, 'checksum published', 'Prüfsumme veröffentlicht'],
  [{ rung: 'checksum', statedBy: 'SHA256SUMS', proof: null }, 'checksum from SHA256SUMS', 'Prüfsumme aus SHA256SUMS'],
  [
    { rung: 'signature', statedBy: 'SHA256SUMS', proof: key },
    'checksum from SHA256SUMS, signed by key RWRKvds6jS8zjO…',
    'Prüfsumme aus SHA256SUMS, signiert mit dem Schlüssel RWRKvds6jS8zjO…',
  ],
  [
    { rung: 'signature', statedBy: null, proof: key },
    'signed by key RWRKvds6jS8zjO…',
    'signiert mit dem Schlüssel RWRKvds6jS8zjO…',
  ],
  [
    { rung: 'attestation', statedBy: 'api', proof: build },
    `checksum published, built by ${build.by}, attested`,
    `Prüfsumme veröffentlicht, gebaut von ${build.by}, bezeugt`,
  ],
  [
    { rung: 'signature', statedBy: 'registry', proof: { rung: 'signature', kind: 'cosign', by: 'a@b.org' } },
    'checksum from registry, image signed by a@b.org',
    'Prüfsumme aus registry, Image signiert von a@b.org',
  ],
  [
    { rung: 'signature', statedBy: null, proof: { rung: 'signature', kind: 'git', by: 'anna@b.org' } },
    'signed by anna@b.org',
    'signiert von anna@b.org',
  ],
  [
    { rung: 'tuf', statedBy: 'stable.json', proof: { rung: 'tuf', kind: 'tuf', by: 'stable.json' } },
    'signed by stable.json (TUF)',
    'signiert von stable.json (TUF)',
  ],
  // A plan of a version that named no proofs.
  [{ rung: 'tuf', statedBy: 'stable.json', proof: null }, 'signed by stable.json', 'signiert von stable.json'],
]

test.each(said)('when a release is proven by %j, then each language says so', (facts, en, de) => {
  expect(wordsIn('en').trust(facts)).toBe(en)
  expect(wordsIn('de').trust(facts)).toBe(de)
})
