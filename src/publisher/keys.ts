import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scrypt,
  sign,
} from 'node:crypto'
import { z } from 'zod'
import { fail } from '../core/model/problem.ts'
import { type KeyJson, keyIdOf, keyJsonSchema } from '../core/publish/documents.ts'

/**
 * A private key in a file, one line of JSON. Who has the file must still try passphrases one by one, each at scrypt's price;
 * the public part is readable and bound to the secret one: an exchanged name or public key does not open.
 */
const base64 = z.string().regex(/^[A-Za-z0-9+/]{1,200}={0,2}$/)
const keyFileSchema = z.strictObject({
  belay_key: z.literal(1),
  key: keyJsonSchema,
  secret: z.strictObject({
    kdf: z.literal('scrypt'),
    /** 128 · N · r bytes of memory: a file from elsewhere must not take all. */
    n: z.literal([2 ** 10, 2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18]),
    r: z.literal(8),
    p: z.int().min(1).max(4),
    salt: base64,
    cipher: z.literal('aes-256-gcm'),
    nonce: base64,
    /** The seed of RFC 8032 and the tag behind it. */
    sealed: base64,
  }),
})
type KeyFile = z.infer<typeof keyFileSchema>

export interface Measure {
  readonly n: number
  readonly p: number
}

/** One of OWASP's equal choices for scrypt: 128 MiB once. */
export const usualMeasure: Measure = { n: 131_072, p: 1 }

export interface SecretKey {
  readonly id: string
  readonly json: KeyJson
  readonly sign: (message: Uint8Array) => string
  /** For signatures in other forms. */
  readonly privateKey: KeyObject
}

export const keyFileBytesMax = 4096

/** null: no key file. */
export function parseKeyFile(text: string): KeyFile | null {
  try {
    return keyFileSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Derives each key once, however many files were sealed together. It is not kept longer than one command. */
export interface Sealer {
  /** A new key, and the text of its file. */
  make(name: string): Promise<{ readonly key: SecretKey; readonly text: string }>
  /** The text of a key's file. */
  seal(key: SecretKey): Promise<string>
  /** null: the passphrase is another one. */
  open(file: KeyFile): Promise<SecretKey | null>
}

export function sealer(passphrase: string, measure: Measure = usualMeasure): Sealer {
  const derived = new Map<string, Promise<Buffer>>()
  const derive = (salt: Buffer, { n, p }: Measure): Promise<Buffer> => {
    const id = `${salt.toString('base64')} ${n} ${p}`
    const known = derived.get(id) ?? stretch(passphrase, salt, { n, p })
    derived.set(id, known)
    return known
  }
  const salt = randomBytes(16)
  const seal = async ({ json, privateKey }: SecretKey): Promise<string> => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', await derive(salt, measure), nonce).setAAD(boundTo(json))
    const sealed = Buffer.concat([cipher.update(seedOf(privateKey)), cipher.final(), cipher.getAuthTag()])
    const secret: KeyFile['secret'] = {
      kdf: 'scrypt',
      ...measure,
      r: 8,
      salt: salt.toString('base64'),
      cipher: 'aes-256-gcm',
      nonce: nonce.toString('base64'),
      sealed: sealed.toString('base64'),
    }
    return `${JSON.stringify({ belay_key: 1, key: json, secret } satisfies KeyFile)}\n`
  }
  return {
    async make(name) {
      const key = secretKey(generateKeyPairSync('ed25519').privateKey, name)
      return { key, text: await seal(key) }
    },
    seal,
    async open({ key, secret }) {
      const by = await derive(Buffer.from(secret.salt, 'base64'), secret)
      const sealed = Buffer.from(secret.sealed, 'base64')
      try {
        const decipher = createDecipheriv('aes-256-gcm', by, Buffer.from(secret.nonce, 'base64'), { authTagLength: 16 })
        decipher.setAAD(boundTo(key)).setAuthTag(sealed.subarray(-16))
        const seed = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
        return secretKey(fromSeed(seed), key['x-belay-name'] ?? '')
      } catch {
        return null
      }
    },
  }
}

const boundTo = (key: KeyJson): Buffer => Buffer.from(`belay key\n${keyIdOf(key)}\n${key['x-belay-name'] ?? ''}\n`)

function secretKey(privateKey: KeyObject, name: string): SecretKey {
  const { x } = privateKey.export({ format: 'jwk' })
  if (x === undefined) throw new Error('not an Ed25519 key')
  const json: KeyJson = {
    keytype: 'ed25519',
    scheme: 'ed25519',
    keyval: { public: Buffer.from(x, 'base64url').toString('hex') },
    'x-belay-name': name,
  }
  return { id: keyIdOf(json), json, privateKey, sign: (message) => sign(null, message, privateKey).toString('hex') }
}

const seedOf = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' }).subarray(-32)

/** RFC 8410: what stands before the seed in PKCS #8. */
function fromSeed(seed: Buffer): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function stretch(passphrase: string, salt: Buffer, { n, p }: Measure): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // People type the same letter in several ways; NFKC is what RFC 8265 would have them mean.
    const options = { N: n, r: 8, p, maxmem: 128 * n * 8 + 128 * 8 * p + 2 ** 20 }
    scrypt(passphrase.normalize('NFKC'), salt, 32, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    )
  })
}

const passphraseCharactersMin = 8

export function requireGoodPassphrase(passphrase: string): void {
  if (Array.from(passphrase).length >= passphraseCharactersMin) return
  throw fail('E_USAGE', `a passphrase needs at least ${passphraseCharactersMin} characters`, {
    hint: 'Four words that have nothing to do with each other are good and can be remembered.',
  })
}
