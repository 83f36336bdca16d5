import { type KeyObject, randomBytes, sign } from 'node:crypto'

/** For tests alone: certificates as a certificate authority of Sigstore writes them. */

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const short = length.subarray(length.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.of(tag, 0x80 + short.length), short, content])
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts)
export const octets = (bytes: Uint8Array) => der(0x04, bytes)
export const utf8 = (text: string) => der(0x0c, Buffer.from(text))
const bits = (bytes: Uint8Array) => der(0x03, Buffer.of(0), bytes)
const yes = Buffer.of(0x01, 0x01, 0xff)

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const base128 = (value: number): number[] =>
    value < 0x80 ? [value] : [...base128(Math.floor(value / 0x80)).map((byte) => byte | 0x80), value & 0x7f]
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

const time = (at: Date) => der(0x18, Buffer.from(at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')))
const name = (text: string) => (text === '' ? sequence() : sequence(set(sequence(oid('2.5.4.3'), utf8(text)))))

export interface Extension {
  readonly id: string
  readonly value: Uint8Array
  readonly critical?: boolean
}

const extension = ({ id, value, critical = false }: Extension) =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(value))

export const caExtensions: readonly Extension[] = [
  { id: '2.5.29.19', value: sequence(yes), critical: true },
  { id: '2.5.29.15', value: der(0x03, Buffer.of(1, 0x06)), critical: true },
]

/** General names as they are called: a URI, or an address of mail. */
export function alternativeNames(...names: readonly { readonly kind: 'uri' | 'email'; readonly text: string }[]) {
  const parts = names.map(({ kind, text }) => der(kind === 'uri' ? 0x86 : 0x81, Buffer.from(text, 'latin1')))
  return { id: '2.5.29.17', value: sequence(...parts), critical: true }
}

export const codeSigning: Extension = { id: '2.5.29.37', value: sequence(oid('1.3.6.1.5.5.7.3.3')) }

export interface CertificateFields {
  readonly subject: string
  readonly issuer: string
  readonly key: KeyObject
  readonly from: Date
  readonly until: Date
  readonly extensions: readonly Extension[]
}

const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'))

/** What is signed of a certificate (RFC 5280 §4.1). */
export function tbsCertificate(fields: CertificateFields): Buffer {
  const { subject, issuer, key, from, until, extensions } = fields
  return sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(0x11), randomBytes(15)])),
    ecdsaSha256,
    name(issuer),
    sequence(time(from), time(until)),
    name(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions.map(extension))),
  )
}

export function certificate(tbs: Uint8Array, by: KeyObject): Buffer {
  return sequence(tbs, ecdsaSha256, bits(sign('sha256', tbs, by)))
}
