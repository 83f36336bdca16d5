import { type createPublicKey, sign } from 'node:crypto'

type KeyObject = ReturnType<typeof createPublicKey>

/** A publisher's key. `id`: eight bytes, the same in every key file and signature. */
export interface MinisignSigner {
  readonly id: Uint8Array
  /** Ed25519. */
  readonly privateKey: KeyObject
}

/** What is signed about a file, besides its bytes: checked by those who install it. */
export interface SignedComment {
  readonly product?: string
  readonly version?: string
  readonly seq?: number
  readonly file: string
}

/**
 * The text of `<file>.minisig`, prehashed. `blake2b`: BLAKE2b-512 of the file, 64 bytes. The same input gives the same
 * text: nothing in it is random, and `timestamp` (seconds) is written only where it is given.
 */
export function signMinisign(
  blake2b: Uint8Array,
  { id, privateKey }: MinisignSigner,
  comment: SignedComment & { readonly timestamp?: number },
): string {
  if (blake2b.byteLength !== 64) throw new Error('a prehashed signature is over 64 bytes')
  const signature = sign(null, blake2b, privateKey)
  const trusted = commentText(comment)
  const global = sign(null, Buffer.concat([signature, Buffer.from(trusted)]), privateKey)
  const line = Buffer.concat([Buffer.from('ED'), id, signature]).toString('base64')
  return `untrusted comment: verify with minisign\n${line}\ntrusted comment: ${trusted}\n${global.toString('base64')}\n`
}

/** Tabs part the pairs, as minisign itself writes them: a file name may hold spaces. */
function commentText({ timestamp, file, product, version, seq }: SignedComment & { readonly timestamp?: number }) {
  const pairs = { timestamp, file, product, version, seq }
  const text = Object.entries(pairs)
    .flatMap(([key, value]) => (value === undefined ? [] : `${key}:${value}`))
    .concat('hashed')
    .join('\t')
  if (/[^\P{Cc}\t]/u.test(text)) throw new Error('a trusted comment is one line')
  return text
}
