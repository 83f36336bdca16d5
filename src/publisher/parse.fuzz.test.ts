import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BelayError } from '../core/model/problem.ts'
import { envelopeSchema, fileBytes } from '../core/publish/documents.ts'
import { emptyTargets, withChannel } from '../core/publish/roles.ts'
import { unsigned } from '../core/publish/signatures.ts'
import { configText, parseReleaseConfig } from './config.ts'
import { parseEnvelope } from './folder.ts'
import { parseKeyFile, sealer } from './keys.ts'

/** Files of the publisher's folder that were damaged, or made by somebody else: read, or refused in words. */

const changes = fc.array(
  fc.record({ at: fc.nat(), drop: fc.nat({ max: 20 }), put: fc.string({ maxLength: 8, unit: 'binary' }) }),
  { minLength: 1, maxLength: 5 },
)
type Changes = readonly { readonly at: number; readonly drop: number; readonly put: string }[]

const changed = (text: string, all: Changes): string =>
  all.reduce((now, { at, drop, put }) => {
    const from = now.length === 0 ? 0 : at % now.length
    return now.slice(0, from) + put + now.slice(from + drop)
  }, text)

function readOrRefused(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof BelayError)) throw error
    expect(error.problem.hint).not.toBeNull()
  }
}

const { key, text: keyText } = await sealer('four unrelated words', { n: 1024, p: 1 }).make('stable-1')
const place = { product: 'app', channel: 'stable' }
const envelope = unsigned(withChannel(emptyTargets(0), place, { keys: [key.json], threshold: 1 }))
const config = configText({ product: 'app', profile: 'team', channels: ['stable', 'nightly'], url: null })

test('when a document is changed anywhere, then it is read as it is, or refused', () => {
  const text = fileBytes(envelope).toString()
  fc.assert(
    fc.property(changes, (all) => {
      readOrRefused(() => {
        const read = parseEnvelope(Buffer.from(changed(text, all)), 'file')
        // What was read can be written, and says the same.
        expect(envelopeSchema.parse(JSON.parse(fileBytes(read).toString())).signed).toStrictEqual(read.signed)
      })
    }),
  )
})

test('when a key file is changed anywhere, then it is one, or none', () => {
  fc.assert(fc.property(changes, (all) => void parseKeyFile(changed(keyText, all))))
})

test('when the config is changed anywhere, then it is read, or refused with its place', () => {
  fc.assert(fc.property(changes, (all) => readOrRefused(() => parseReleaseConfig(changed(config, all), 'r.yaml'))))
})
