import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBundle } from './bundle.ts'
import { byWorkflow, provenance, testSigstore } from './testing.ts'
import { documentsIn, trustRoots } from './trust-root.ts'

const fixtures = join(import.meta.dirname, '../../../test/fixtures/sigstore')
const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(fixtures, name), 'utf8'))

test("when a real bundle of GitHub's own instance is read, then a timestamp dates it in place of a log", async () => {
  const bundle = await read('github-release.sigstore.json')
  const own = await trustRoots(join(fixtures, 'github-root.json'))
  const signer = { subject: 'https://dotcom.releases.github.com', issuer: null, repository: null, ref: null }
  expect(openBundle({ bundle, roots: own, about: 'x' })).toMatchObject({ signer })
  const open = await trustRoots(null)
  expect(openBundle({ bundle, roots: open, about: 'x' })).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  expect(openBundle({ bundle, roots: [...open, ...own], about: 'x' })).toMatchObject({ signer })
})

test('when authorities of two instances are each right in a half, then neither vouches', () => {
  const [one, two] = [testSigstore(), testSigstore()]
  const [a, b] = [TrustedRoot.fromJSON(one.root), TrustedRoot.fromJSON(two.root)]
  const bundle = one.attest(provenance({ x: '1'.repeat(64) }), byWorkflow('o/r', 'w.yml', 'refs/heads/main'))
  const mixed = { ...a, tlogs: b.tlogs }
  expect(openBundle({ bundle, roots: [mixed, b], about: 'x' })).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
  expect(openBundle({ bundle, roots: [mixed, b, a], about: 'x' })).toHaveProperty('signer')
})

test('when no instance is trusted, then nothing holds', () => {
  const bundle = testSigstore().attest(provenance({}), byWorkflow('o/r', 'w.yml', 'refs/heads/main'))
  expect(openBundle({ bundle, roots: [], about: 'x' })).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
})

test.each([
  ['one document', '{"a":1}', [{ a: 1 }]],
  ['one over many lines', '{\n"a":1\n}\n', [{ a: 1 }]],
  ['one a line', '{"a":1}\n\n{"b":2}\n', [{ a: 1 }, { b: 2 }]],
  ['a broken one', '{"a":1}\n{', [{ a: 1 }, undefined]],
  ['nothing', '\n', []],
])('when a file holds %s, then it is read as that', (_, text, expected) => {
  expect(documentsIn(text)).toStrictEqual(expected)
})

const sigstore = testSigstore()
const roots = [TrustedRoot.fromJSON(sigstore.root)]
const statement = provenance({ app: '1'.repeat(64) })
const genuine = JSON.stringify(sigstore.attest(statement, byWorkflow('o/r', 'w.yml', 'refs/tags/v1')))
const subject = 'https://github.com/o/r/.github/workflows/w.yml@refs/tags/v1'
const runs = 150

/** One piece of the text is put in another's place: bytes of certificates and signatures, lengths, names of fields. */
const mutated = fc
  .record({
    at: fc.nat({ max: genuine.length }),
    drop: fc.nat({ max: 12 }),
    put: fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.base64String({ maxLength: 12 }),
      fc.constantFrom('null', '[]', '{}', '0'),
    ),
  })
  .map(({ at, drop, put }) => genuine.slice(0, at) + put + genuine.slice(at + drop))

test('when a bundle is changed anywhere, then it is refused, or still says what was signed', () => {
  const payload = Buffer.from(JSON.stringify(statement))
  fc.assert(
    fc.property(mutated, (text) => {
      const [bundle] = documentsIn(text)
      const found = openBundle({ bundle, roots, about: 'x' })
      if ('code' in found) {
        expect(found.code).toBe('E_SIGNATURE_INVALID')
      } else {
        expect(found.signer.subject).toBe(subject)
        expect(Buffer.from(found.envelope?.payload ?? []).equals(payload)).toBe(true)
      }
    }),
    { numRuns: runs },
  )
})
