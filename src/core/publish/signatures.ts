import { Key } from '@tufjs/models'
import { signersOf } from '../trust/tuf/keys.ts'
import { type AnyBody, type Envelope, type KeyJson, messageOf } from './documents.ts'
import { type Authority, keysOfRole, nameOfKey } from './roles.ts'

/** How far a document is signed. Names are those of keys. */
export interface Standing {
  readonly signedBy: readonly string[]
  readonly missing: readonly string[]
  /** Signatures that are still needed; 0: enough. */
  readonly needs: number
}

/** All of the authorities must be satisfied: a root by the keys of the one before, and by its own. */
export function standing(envelope: Envelope, authorities: readonly Authority[]): Standing {
  const signed = new Set<string>()
  const missing = new Set<string>()
  let needs = 0
  for (const authority of authorities) {
    needs = Math.max(needs, authority.role.threshold - countOf(envelope, authority))
    for (const [index, key] of keysOfRole(authority).entries()) {
      const id = authority.role.keyids[index] ?? ''
      const good = countOf(envelope, { ...authority, role: { ...authority.role, keyids: [id] } }) > 0
      ;(good ? signed : missing).add(nameOfKey(key))
    }
  }
  return { signedBy: [...signed], missing: [...missing], needs }
}

export const isSigned = (envelope: Envelope, authority: Authority): boolean =>
  countOf(envelope, authority) >= authority.role.threshold

function countOf({ signed, signatures }: Envelope, { keys, role }: Authority): number {
  const by = Object.fromEntries(signatures.map(({ keyid, sig }) => [keyid, { sig }]))
  const known = Object.fromEntries(Object.entries(keys).map(([id, json]) => [id, keyOf(id, json)]))
  const message = messageOf(signed)
  return signersOf({ message, signatures: by }, { keys: known, role: { keyIDs: role.keyids, threshold: 1 } }).size
}

const keyOf = (keyID: string, { keytype, scheme, keyval }: KeyJson): Key =>
  new Key({ keyID, keyType: keytype, scheme, keyVal: { public: keyval.public } })

export interface Signer {
  readonly id: string
  readonly sign: (message: Uint8Array) => string
}

/** With a signature of each signer that one of the authorities names, and that has not signed yet. */
export function signedWith(
  { signed, signatures }: Envelope,
  signers: readonly Signer[],
  authorities: readonly Authority[],
): Envelope {
  const may = new Set(authorities.flatMap(({ role }) => role.keyids))
  const has = new Set(signatures.map(({ keyid }) => keyid))
  const message = messageOf(signed)
  const added = signers
    .filter(({ id }) => may.has(id) && !has.has(id))
    .map((signer) => ({ keyid: signer.id, sig: signer.sign(message) }))
  return { signed, signatures: [...signatures, ...added] }
}

/** Takes over those signatures of the same document that are good; `added`: how many. */
export function merged(
  mine: Envelope,
  theirs: Envelope,
  authorities: readonly Authority[],
): { readonly envelope: Envelope; readonly added: number } | null {
  if (!messageOf(mine.signed).equals(messageOf(theirs.signed))) return null
  const has = new Set(mine.signatures.map(({ keyid }) => keyid))
  const good = theirs.signatures.filter(
    (one) =>
      !has.has(one.keyid) &&
      authorities.some((authority) => {
        if (!authority.role.keyids.includes(one.keyid)) return false
        const alone = { ...authority, role: { ...authority.role, keyids: [one.keyid] } }
        return countOf({ signed: mine.signed, signatures: [one] }, alone) === 1
      }),
  )
  return { envelope: { signed: mine.signed, signatures: [...mine.signatures, ...good] }, added: good.length }
}

/** A document that nobody has signed. */
export const unsigned = (signed: AnyBody): Envelope => ({ signed, signatures: [] })
