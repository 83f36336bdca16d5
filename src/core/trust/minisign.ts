import { createHash, createPublicKey, verify } from 'node:crypto'
import { type Problem, problem } from '../model/problem.ts'

/**
 * Parties: the publisher, who holds the secret key; this host, whose config names the public one; whoever serves the
 * release, who is not believed. Files: `<file>.minisig`, four lines: an untrusted comment, algorithm and key id and
 * signature of the file, a trusted comment, and the signature of (signature and trusted comment).
 * The last one is checked here without the file, before a byte of it is fetched; the first one when it is there.
 */

/** A `.minisig` is some 300 bytes; its trusted comment may be 8 KiB. */
export const minisigBytesMax = 16 * 1024
/** A public key, with its comment line. */
export const minisignKeyBytesMax = 4096

export interface MinisignKey {
  /** 16 hex digits as the program minisign shows them. */
  readonly id: string
  /** The line of 56 characters that begins with RW. */
  readonly text: string
}

export interface Minisignature {
  /** The name of its file, for messages. */
  readonly name: string
  readonly keyId: string
  /** Over BLAKE2b-512 of the file; false: over the file itself, as older programs sign. */
  readonly prehashed: boolean
  readonly signature: Uint8Array
  readonly comment: string
  readonly global: Uint8Array
}

type KeyObject = ReturnType<typeof createPublicKey>

const keyLine = /^RW[A-Za-z0-9+/]{54}$/

/** A public key as minisign writes it: its line alone, or below its comment line. null: it is none. */
export function readMinisignKey(text: string): MinisignKey | null {
  const lines = text.split('\n').map((line) => line.trim())
  const [first = '', second = '', ...more] = lines
  const line = first.startsWith('untrusted comment:') ? second : first
  const rest = first.startsWith('untrusted comment:') ? more : lines.slice(1)
  if (!keyLine.test(line) || rest.some((other) => other !== '')) return null
  const bytes = Buffer.from(line, 'base64')
  if (bytes.subarray(0, 2).toString('latin1') !== 'Ed') return null
  return { id: shownId(bytes.subarray(2, 10)), text: line }
}

/** minisign shows the eight bytes as one little-endian number. */
export function shownId(bytes: Uint8Array): string {
  return Buffer.from(bytes.toReversed()).toString('hex').toUpperCase()
}

/** E_SIGNATURE_INVALID where it is no signature of minisign. */
export function readMinisignature(bytes: Uint8Array, name: string): Minisignature | Problem {
  const text = bytes.byteLength > minisigBytesMax ? null : utf8(bytes)
  if (text === null) return malformed(name, 'it is no text of that kind')
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const [untrusted = '', signed = '', trusted = '', global = ''] = lines
  if (!untrusted.startsWith('untrusted comment:')) return malformed(name, 'its first line is no untrusted comment')
  const signature = base64(signed, 74)
  if (signature === null) return malformed(name, 'its second line holds no signature')
  const algorithm = signature.subarray(0, 2).toString('latin1')
  if (algorithm !== 'Ed' && algorithm !== 'ED') return malformed(name, 'its algorithm is not Ed25519')
  if (!trusted.startsWith(trustedStart)) return malformed(name, 'its third line is no trusted comment')
  const over = base64(global, 64)
  if (over === null) return malformed(name, 'its fourth line does not sign the comment')
  if (lines.slice(4).some((line) => line !== '')) return malformed(name, 'something follows after it')
  const comment = trusted.slice(trustedStart.length)
  // It is shown to people: minisign, too, refuses what could rewrite the screen.
  if (/[^\P{Cc}\t]|\p{Cf}/u.test(comment)) return malformed(name, 'its trusted comment holds control characters')
  return {
    name,
    keyId: shownId(signature.subarray(2, 10)),
    prehashed: algorithm === 'ED',
    signature: signature.subarray(10),
    comment,
    global: over,
  }
}

const trustedStart = 'trusted comment: '

/** Whether the key signed the trusted comment together with the signature of the file. */
export function signsComment({ signature, comment, global }: Minisignature, key: MinisignKey): boolean {
  return verify(null, Buffer.concat([signature, Buffer.from(comment)]), keyObject(key), global)
}

/** Whether the key signed the file. `content`: its BLAKE2b-512 where `prehashed`, else its bytes. */
export function signsContent(signature: Uint8Array, content: Uint8Array, key: MinisignKey): boolean {
  return verify(null, content, keyObject(key), signature)
}

/** What a signature speaks about, of a file that is held whole. */
export function signedContent(bytes: Uint8Array, { prehashed }: Pick<Minisignature, 'prehashed'>): Uint8Array {
  return prehashed ? createHash('blake2b512').update(bytes).digest() : bytes
}

/** DER that says "an Ed25519 public key" before its 32 bytes (RFC 8410). */
const spkiStart = Buffer.from('302a300506032b6570032100', 'hex')

function keyObject({ text }: MinisignKey): KeyObject {
  const raw = Buffer.from(text, 'base64').subarray(10)
  return createPublicKey({ key: Buffer.concat([spkiStart, raw]), format: 'der', type: 'spki' })
}

/** Strict: what another program might read otherwise is refused. */
function base64(text: string, bytes: number): Buffer | null {
  const decoded = Buffer.from(text, 'base64')
  return decoded.byteLength === bytes && decoded.toString('base64') === text ? decoded : null
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function malformed(name: string, why: string): Problem {
  return problem('E_SIGNATURE_INVALID', `${name} is no signature of minisign: ${why}`, {
    hint: 'Nothing was installed. The release is published wrongly, or someone changed it: ask its publisher.',
    facts: { signature: name },
  })
}
