import { createHash, hash } from 'node:crypto'
import { canonicalize } from '@tufjs/canonical-json'
import { type MetaFile, Metadata, MetadataKind, Root, Snapshot, Targets, Timestamp } from '@tufjs/models'
import { contradicts, expired, malformed, tooLittleSigned } from './failures.ts'
import { type SignedBytes, type Signers, signersOf } from './keys.ts'
import { parseStrictJson, StrictJsonError, type StrictJson } from './strict-json.ts'

/** One metadata file, read and well formed. Who signed it is asked apart, of the role that may. */
export interface Document<T> extends SignedBytes {
  /** As it may be named to people: `2.root.json`. */
  readonly file: string
  /** As it came: what is stored is what was signed, byte for byte. */
  readonly bytes: Uint8Array
  readonly signed: T
  /** SHA-256 of what is signed: the same content signed again has the same. */
  readonly digest: string
}

export const parseRoot = (bytes: Uint8Array, file: string): Document<Root> =>
  parse(bytes, file, MetadataKind.Root, (data) => Metadata.fromJSON(MetadataKind.Root, data), Root)

export const parseTimestamp = (bytes: Uint8Array, file: string): Document<Timestamp> =>
  parse(bytes, file, MetadataKind.Timestamp, (data) => Metadata.fromJSON(MetadataKind.Timestamp, data), Timestamp)

export const parseSnapshot = (bytes: Uint8Array, file: string): Document<Snapshot> =>
  parse(bytes, file, MetadataKind.Snapshot, (data) => Metadata.fromJSON(MetadataKind.Snapshot, data), Snapshot)

export const parseTargets = (bytes: Uint8Array, file: string): Document<Targets> =>
  parse(bytes, file, MetadataKind.Targets, (data) => Metadata.fromJSON(MetadataKind.Targets, data), Targets)

type AnySigned = Root | Timestamp | Snapshot | Targets
type Raw = Parameters<typeof Metadata.fromJSON>[1]

function parse<T extends AnySigned>(
  bytes: Uint8Array,
  file: string,
  kind: MetadataKind,
  read: (data: Raw) => Metadata<AnySigned>,
  expected: new (...options: never[]) => T,
): Document<T> {
  const json = strictly(bytes, file)
  if (!isObject(json) || !isObject(json['signed'])) throw malformed(file, 'is not signed metadata')
  const { _type: type } = json['signed']
  if (type !== kind) throw malformed(file, `is metadata of the kind ${shown(type)}, where ${kind} was expected`)
  const { signed, signatures } = modelled(() => read(json as Raw), file)
  if (!(signed instanceof expected)) throw malformed(file, 'is metadata of another kind')
  checkCommon(signed, file)
  // Of the text itself, not of what the model kept of it: fields that nobody here knows are signed too.
  const message = Buffer.from(canonicalize(json['signed']))
  return { file, bytes, signed, signatures, message, digest: hash('sha256', message) }
}

function strictly(bytes: Uint8Array, file: string): StrictJson {
  try {
    return parseStrictJson(bytes)
  } catch (error) {
    if (error instanceof StrictJsonError) throw malformed(file, error.message)
    throw error
  }
}

function modelled<T>(read: () => T, file: string): T {
  try {
    return read()
  } catch (error) {
    throw malformed(file, `is not valid metadata: ${error instanceof Error ? error.message.slice(0, 200) : 'unknown'}`)
  }
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/

function checkCommon(signed: AnySigned, file: string): void {
  if (!Number.isSafeInteger(signed.version) || signed.version < 1) {
    throw malformed(file, `has the version ${shown(signed.version)}, which is not a whole number from 1 on`)
  }
  if (!instant.test(signed.expires)) throw malformed(file, `expires at ${shown(signed.expires)}, which is no UTC time`)
  if (!(signed instanceof Root)) return
  for (const role of Object.values(MetadataKind)) {
    // Spec 4.3: a root names the keys of all four.
    if (!Object.hasOwn(signed.roles, role)) throw malformed(file, `names no keys for the role ${role}`)
  }
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'none'
const isObject = (value: StrictJson | undefined): value is { readonly [key: string]: StrictJson } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Who signed; E_METADATA_UNSIGNED when they are fewer than the role asks for. */
export function requireSigned(document: Document<unknown>, role: string, by: Signers): ReadonlySet<string> {
  const good = signersOf(document, by)
  if (good.size < by.role.threshold) throw tooLittleSigned(document.file, role, good.size, by.role.threshold)
  return good
}

export function requireFresh(document: Document<AnySigned>, nowMs: number): void {
  const { expires } = document.signed
  if (Date.parse(expires) <= nowMs) throw expired(document.file, expires, nowMs)
}

/** What another role says about a file: asked before the bytes are read as JSON. */
export function requireBytes(bytes: Uint8Array, file: string, meta: Pick<MetaFile, 'length' | 'hashes'>): void {
  if (meta.length !== undefined && bytes.byteLength !== meta.length) {
    throw contradicts(file, `has ${bytes.byteLength} bytes, and ${meta.length} were signed for`)
  }
  if (meta.hashes === undefined) return
  for (const { algorithm, hex } of knownHashes(meta.hashes, file)) {
    const found = createHash(algorithm).update(bytes).digest('hex')
    if (found !== hex) throw contradicts(file, `has the ${algorithm} ${found}, and ${hex} was signed for`)
  }
}

/** Of the hashes that are stated those that are known here: at least one, or nothing is proven (E_METADATA_INVALID). */
export function knownHashes(
  hashes: Readonly<Record<string, string>>,
  file: string,
): readonly { readonly algorithm: 'sha256' | 'sha512'; readonly hex: string }[] {
  const found = (['sha256', 'sha512'] as const).flatMap((algorithm) => {
    const hex = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined
    return hex === undefined ? [] : [{ algorithm, hex }]
  })
  if (found.length === 0)
    throw malformed(file, `is named by ${shown(Object.keys(hashes))} alone, which are no known hashes`)
  return found
}
