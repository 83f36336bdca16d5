import { constants, createPublicKey, hash, verify } from 'node:crypto'
import type { Key } from '@tufjs/models'

/**
 * Parties: whoever holds the private keys that a role names. A threshold counts holders, so keys are told apart by what
 * they are, never by the id that a document gives them: one key under two ids, or once in hex and once in PEM, is one.
 */

/** What a set of signatures is checked against. */
export interface Signers {
  readonly keys: Readonly<Record<string, Key>>
  readonly role: { readonly keyIDs: readonly string[]; readonly threshold: number }
}

/** A document that is signed: its canonical bytes, and signatures by key id. */
export interface SignedBytes {
  readonly message: Uint8Array
  readonly signatures: Readonly<Record<string, { readonly sig: string }>>
}

type KeyObject = ReturnType<typeof createPublicKey>

interface PublicKey {
  readonly key: KeyObject
  readonly digest: string | null
  readonly padding?: number
  /** SHA-256 of the key itself, whatever its form was. */
  readonly material: string
}

/** The keys of the role that signed, each once. */
export function signersOf(document: SignedBytes, { keys, role }: Signers): ReadonlySet<string> {
  const found = new Set<string>()
  for (const id of role.keyIDs) {
    const key = own(keys, id)
    const signature = own(document.signatures, id)
    const known = key === null || signature === null ? null : publicKey(key)
    if (known === null || signature === null || found.has(known.material)) continue
    if (isSignedBy(document.message, known, signature.sig)) found.add(known.material)
  }
  return found
}

/** The keys that a role names, by what they are; those of an unknown kind are not among them. */
export function materialsOf({ keys, role }: Signers): ReadonlySet<string> {
  const known = role.keyIDs.flatMap((id) => {
    const key = own(keys, id)
    return key === null ? [] : (publicKey(key)?.material ?? [])
  })
  return new Set(known)
}

function own<T>(from: Readonly<Record<string, T>>, key: string): T | null {
  return Object.hasOwn(from, key) ? (from[key] ?? null) : null
}

function isSignedBy(message: Uint8Array, { key, digest, padding }: PublicKey, signature: string): boolean {
  if (!/^(?:[0-9a-f]{2}){1,2048}$/i.test(signature)) return false
  try {
    const by = padding === undefined ? key : { key, padding }
    return verify(digest, message, by, Buffer.from(signature, 'hex'))
  } catch {
    return false
  }
}

/** null: of a kind or scheme that is not known here, or damaged. Such a key has signed nothing. */
function publicKey({ keyType, scheme, keyVal }: Key): PublicKey | null {
  const text = keyVal['public']
  if (typeof text !== 'string') return null
  const how = schemes[scheme]
  if (how === undefined || !how.types.includes(keyType)) return null
  try {
    const key = text.startsWith('-----BEGIN PUBLIC KEY-----') ? createPublicKey(text) : fromHex(text, how.prefix)
    if (key === null || key.asymmetricKeyType !== how.kind) return null
    if (how.curve !== undefined && key.asymmetricKeyDetails?.namedCurve !== how.curve) return null
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
    if (how.kind === 'rsa' && modulusLength < rsaBitsMin) return null
    const material = hash('sha256', key.export({ type: 'spki', format: 'der' }))
    return { key, digest: how.digest, material, ...(how.padding === undefined ? {} : { padding: how.padding }) }
  } catch {
    return null
  }
}

const rsaBitsMin = 2048

interface Scheme {
  readonly types: readonly string[]
  readonly kind: 'ed25519' | 'ec' | 'rsa'
  readonly digest: string | null
  readonly padding?: number
  readonly curve?: string
  /** What stands before the bare key in its DER form (RFC 8410, RFC 5480); null: it is given as PEM only. */
  readonly prefix: string | null
}

const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING } = constants
const rsa = (digest: string, padding: number): Scheme => ({
  types: ['rsa'],
  kind: 'rsa',
  digest,
  padding,
  prefix: null,
})

const schemes: Readonly<Record<string, Scheme>> = {
  ed25519: { types: ['ed25519'], kind: 'ed25519', digest: null, prefix: '302a300506032b6570032100' },
  'ecdsa-sha2-nistp256': {
    types: ['ecdsa', 'ecdsa-sha2-nistp256'],
    kind: 'ec',
    digest: 'sha256',
    curve: 'prime256v1',
    prefix: '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  },
  'ecdsa-sha2-nistp384': {
    types: ['ecdsa', 'ecdsa-sha2-nistp384'],
    kind: 'ec',
    digest: 'sha384',
    curve: 'secp384r1',
    prefix: '3076301006072a8648ce3d020106052b81040022036200',
  },
  'rsassa-pss-sha256': rsa('sha256', RSA_PKCS1_PSS_PADDING),
  'rsassa-pss-sha384': rsa('sha384', RSA_PKCS1_PSS_PADDING),
  'rsassa-pss-sha512': rsa('sha512', RSA_PKCS1_PSS_PADDING),
  'rsa-pkcs1v15-sha256': rsa('sha256', RSA_PKCS1_PADDING),
  'rsa-pkcs1v15-sha384': rsa('sha384', RSA_PKCS1_PADDING),
  'rsa-pkcs1v15-sha512': rsa('sha512', RSA_PKCS1_PADDING),
}

function fromHex(text: string, prefix: string | null): KeyObject | null {
  if (prefix === null || !/^(?:[0-9a-f]{2}){1,256}$/i.test(text)) return null
  return createPublicKey({ key: Buffer.from(prefix + text, 'hex'), format: 'der', type: 'spki' })
}
