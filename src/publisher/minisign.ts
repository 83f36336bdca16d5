import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { signMinisign, type SignedComment } from '../core/trust/minisign-sign.ts'
import { type KeyJson, keyIdOf } from '../core/publish/documents.ts'
import type { SecretKey } from './keys.ts'

/** Eight bytes that every key file and signature carries; here of the key itself. */
const idOf = ({ json }: SecretKey): Buffer =>
  createHash('sha256').update(Buffer.from(json.keyval.public, 'hex')).digest().subarray(0, 8)

/** The public key as minisign keeps it: `minisign -Vm FILE -p minisign.pub`. */
export function minisignPublic(key: SecretKey): string {
  const id = idOf(key)
  const shown = Buffer.from(id.toReversed()).toString('hex').toUpperCase()
  const line = Buffer.concat([Buffer.from('Ed'), id, Buffer.from(key.json.keyval.public, 'hex')]).toString('base64')
  return `untrusted comment: minisign public key ${shown}\n${line}\n`
}

/** The text of `<file>.minisig`. */
export async function minisigOf(path: string, key: SecretKey, comment: SignedComment): Promise<string> {
  const sum = createHash('blake2b512')
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) sum.update(chunk)
  return signMinisign(sum.digest(), { id: idOf(key), privateKey: key.privateKey }, comment)
}

/** Of the keys at hand the newest one for this, by its number. */
export function minisignIds(known: readonly KeyJson[]): readonly string[] {
  const numbered = known.flatMap((key) => {
    const number = /^minisign-(\d+)$/.exec(key['x-belay-name'] ?? '')?.[1]
    return number === undefined ? [] : [{ number: Number(number), id: keyIdOf(key) }]
  })
  return numbered
    .toSorted((a, b) => b.number - a.number)
    .slice(0, 1)
    .map(({ id }) => id)
}
