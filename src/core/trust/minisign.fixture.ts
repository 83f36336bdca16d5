import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { type MinisignKey, readMinisignKey } from './minisign.ts'
import type { MinisignSigner } from './minisign-sign.ts'

export interface TestKey {
  readonly signer: MinisignSigner
  readonly key: MinisignKey
  /** The content of its `.pub` file. */
  readonly file: string
}

/** A key that is the same in every run. `seed`: one character. */
export function testKey(seed: string): TestKey {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32)
  const id = blake2b(raw).subarray(0, 8)
  const line = Buffer.concat([Buffer.from('Ed'), id, raw]).toString('base64')
  const key = readMinisignKey(line)
  if (key === null) throw new Error('no key')
  return { signer: { id, privateKey }, key, file: `untrusted comment: a key\n${line}\n` }
}

export const blake2b = (bytes: Uint8Array): Buffer => createHash('blake2b512').update(bytes).digest()
