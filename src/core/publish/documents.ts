import { createHash, hash } from 'node:crypto'
import { canonicalize } from '@tufjs/canonical-json'
import { z } from 'zod'

/** The metadata of a repository as its publisher writes it; fields that are not known here stay as they are. */

const count = z.int().min(1)
const hex = z.string().regex(/^(?:[0-9a-f]{2})+$/)

/** A public key as metadata names it. `x-belay-name` is what its file is called: `root-1`. */
export const keyJsonSchema = z.looseObject({
  keytype: z.string().max(64),
  scheme: z.string().max(64),
  keyval: z.looseObject({ public: z.string().max(8192) }),
  'x-belay-name': z.string().max(80).optional(),
})
export type KeyJson = z.infer<typeof keyJsonSchema>
export type Keys = Readonly<Record<string, KeyJson>>

export const roleKeysSchema = z.looseObject({ keyids: z.array(z.string()).max(64), threshold: count })
export type RoleKeys = z.infer<typeof roleKeysSchema>

const common = { spec_version: z.string(), version: count, expires: z.string() }
const metaSchema = z.record(
  z.string(),
  z.looseObject({
    version: count,
    length: z.int().optional(),
    hashes: z.record(z.string(), z.string()).optional(),
  }),
)
export type MetaOf = z.infer<typeof metaSchema>

export const rootBodySchema = z.looseObject({
  _type: z.literal('root'),
  ...common,
  consistent_snapshot: z.literal(true),
  keys: z.record(z.string(), keyJsonSchema),
  roles: z.looseObject({
    root: roleKeysSchema,
    targets: roleKeysSchema,
    snapshot: roleKeysSchema,
    timestamp: roleKeysSchema,
  }),
})
export type RootBody = z.infer<typeof rootBodySchema>

export const delegatedRoleSchema = z.looseObject({
  name: z.string(),
  keyids: z.array(z.string()).max(64),
  threshold: count,
  terminating: z.boolean(),
  paths: z.array(z.string()).optional(),
})
export type DelegatedRole = z.infer<typeof delegatedRoleSchema>

const entrySchema = z.looseObject({
  length: z.int().min(0),
  hashes: z.record(z.string(), hex),
  custom: z.record(z.string(), z.json()).optional(),
})
export type TargetEntry = z.infer<typeof entrySchema>

export const targetsBodySchema = z.looseObject({
  _type: z.literal('targets'),
  ...common,
  targets: z.record(z.string(), entrySchema),
  delegations: z
    .looseObject({ keys: z.record(z.string(), keyJsonSchema), roles: z.array(delegatedRoleSchema) })
    .optional(),
})
export type TargetsBody = z.infer<typeof targetsBodySchema>

export const snapshotBodySchema = z.looseObject({ _type: z.literal('snapshot'), ...common, meta: metaSchema })
export type SnapshotBody = z.infer<typeof snapshotBodySchema>

export const timestampBodySchema = z.looseObject({ _type: z.literal('timestamp'), ...common, meta: metaSchema })
export type TimestampBody = z.infer<typeof timestampBodySchema>

const bodySchema = z.discriminatedUnion('_type', [
  rootBodySchema,
  targetsBodySchema,
  snapshotBodySchema,
  timestampBodySchema,
])
export type AnyBody = z.infer<typeof bodySchema>

const signatureSchema = z.looseObject({ keyid: z.string().max(128), sig: z.string().max(8192) })

/** A document and who signed it so far. */
export const envelopeSchema = z.object({ signatures: z.array(signatureSchema).max(64), signed: bodySchema })
export type Envelope = z.infer<typeof envelopeSchema>
export interface EnvelopeOf<B extends AnyBody> {
  readonly signatures: Envelope['signatures']
  readonly signed: B
}

export const specVersion = '1.0.31'

/** What is signed of a document. */
export const messageOf = (signed: AnyBody): Buffer => Buffer.from(canonicalize(signed))

/** The bytes of the file: the same document with the same signatures has the same. */
export function fileBytes({ signatures, signed }: Envelope): Buffer {
  const sorted = signatures.toSorted((a, b) => (a.keyid < b.keyid ? -1 : 1))
  return Buffer.from(`${canonicalize({ signatures: sorted, signed })}\n`)
}

/** The id of a key by what it is; its name is no part of that. */
export const keyIdOf = ({ keytype, scheme, keyval }: KeyJson): string =>
  hash('sha256', canonicalize({ keytype, scheme, keyval }))

/** How snapshot and timestamp name a file. */
export function metaOf(version: number, bytes: Uint8Array): MetaOf[string] {
  return {
    version,
    length: bytes.byteLength,
    hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
  }
}

/** Whole seconds: not every client reads fractions. */
export const isoAt = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
