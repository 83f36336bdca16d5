import { describe, expect, test } from 'vitest'
import { digestSchema } from '../model/names.ts'
import { type Rung, rungs } from '../model/release.ts'
import { type Statement, verifyDemand } from './demand.ts'

const one = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const two = digestSchema.parse(`sha256:${'2'.repeat(64)}`)
const file = 'app-1.1.0.tar.gz.sha256'

function demand(required: Rung, api: typeof one | null, stated: Statement | null) {
  const artifact = { name: 'app-1.1.0.tar.gz', url: 'https://example.org/a', bytes: 10, digest: api }
  const about = { title: null, notes: null, url: null, publishedAt: null, prerelease: false, checksums: [], assets: [] }
  const release = { version: '1.1.0', tag: 'v1.1.0', artifact, ...about }
  return verifyDemand({ release, artifact, required, stated })
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
})
