import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blake2b, testKey } from './minisign.fixture.ts'
import {
  type Minisignature,
  readMinisignature,
  readMinisignKey,
  signedContent,
  signsComment,
  signsContent,
} from './minisign.ts'
import { signMinisign } from './minisign-sign.ts'

const file = Buffer.from('the archive')
const ours = testKey('a')
const other = testKey('b')
const text = signMinisign(blake2b(file), ours.signer, { file: 'app.tar.gz', version: '1.1.0', timestamp: 1700000000 })

function read(bytes: string | Uint8Array): Minisignature {
  const signature = readMinisignature(Buffer.from(bytes), 'app.tar.gz.minisig')
  if ('code' in signature) throw new Error(signature.message)
  return signature
}

test('when a key has signed, then it and no other proves file and comment', () => {
  const signature = read(text)
  expect(signature).toMatchObject({ prehashed: true, keyId: ours.key.id })
  expect(signature.comment).toBe('timestamp:1700000000\tfile:app.tar.gz\tversion:1.1.0\thashed')
  const content = signedContent(file, signature)
  expect(signsComment(signature, ours.key)).toBe(true)
  expect(signsContent(signature.signature, content, ours.key)).toBe(true)
  expect(signsComment(signature, other.key)).toBe(false)
  expect(signsContent(signature.signature, content, other.key)).toBe(false)
})

test('when one character of the comment or one byte of the file is another, then it is not proven', () => {
  const changed = read(text.replace('version:1.1.0', 'version:1.2.0'))
  expect(signsComment(changed, ours.key)).toBe(false)
  expect(signsContent(changed.signature, blake2b(Buffer.from('the archivE')), ours.key)).toBe(false)
})

test('when the comment of one signature is put on another, then it is not proven', () => {
  const second = signMinisign(blake2b(Buffer.from('x')), ours.signer, { file: 'app.tar.gz', version: '9.0.0' })
  const [a, b] = [text.split('\n'), second.split('\n')]
  const mixed = [a[0], a[1], b[2], b[3], ''].join('\n')
  expect(signsComment(read(mixed), ours.key)).toBe(false)
})

// Made by the program: minisign 0.11 (`-S`, and `-S -l` for the second) over "the archive".
const foreignKey = [
  'untrusted comment: minisign public key 8C332F8D3ADBBD4A',
  'RWRKvds6jS8zjOnHbspsK8AqFuhMqfgui2Iy0EltAFgYjgFRxIvCT4jx',
  '',
].join('\n')
const foreign = [
  'untrusted comment: signature from minisign secret key',
  'RURKvds6jS8zjEtKgiQnhBgA/RHiyD3n3R63aiSxm2wCROx6ukV0/sGiIVCGmTXuV7YpDD64sbDMVJNp+604GImyoENX61JurgU=',
  'trusted comment: timestamp:1\tfile:app.tar.gz',
  'eb/dtFGz/pHEDAV9gBg58IsLp99g+iv8fH10qf6qduw+Ump0pdTmRo22nyrUZpZR5DLYwRUt8SsNiDORD3wZDA==',
  '',
].join('\n')
const legacy = [
  'untrusted comment: signature from minisign secret key',
  'RWRKvds6jS8zjAlCTmqGB6bVaRP8pl811sE11QyRFKY/iq4gFPrcGkSHXoDoLWy3M3QXIvFHbPsWANXcCXjPVGIe6/XpjOBQvQg=',
  'trusted comment: timestamp:1795275639\tfile:app.tar.gz',
  'X1tv8YCX3rqSViyJeEnk/FW3n0Dl+IGRsI6ZHLTNMwx3VWMS7p5gvgxoFILHA0jORclbKhWMbs/6yMqP0DCnDw==',
  '',
].join('\n')

test.each([
  ['prehashed', foreign, true],
  ['of the older kind', legacy, false],
])('when the program minisign has signed, %s, then it is read and proven', (_, given, prehashed) => {
  const key = readMinisignKey(foreignKey)
  if (key === null) throw new Error('no key')
  const signature = read(given)
  expect(signature.prehashed).toBe(prehashed)
  expect(signature.keyId).toBe(key.id)
  expect(signsComment(signature, key)).toBe(true)
  expect(signsContent(signature.signature, signedContent(file, signature), key)).toBe(true)
})

test('when a key has its comment line, line ends of Windows or spaces around it, then it is the same key', () => {
  const { text: line, id } = ours.key
  for (const form of [line, `${line}\n`, ` ${line}\r\n\n`, `untrusted comment: ours\r\n${line}\r\n`, ours.file]) {
    expect(readMinisignKey(form)).toEqual({ id, text: line })
  }
})

test.each([
  '',
  'RW',
  testKey('a').key.text.slice(0, -1),
  `${testKey('a').key.text}\n${testKey('b').key.text}`,
  testKey('a').key.text.replace('RW', 'XX'),
  '/etc/keys/RWQ.pub',
])('when %j is given as a key, then it is none', (form) => {
  expect(readMinisignKey(form)).toBeNull()
})

const lines = text.split('\n')
const with_ = (index: number, line: string) => lines.map((one, i) => (i === index ? line : one)).join('\n')

test.each([
  ['', 'its first line is no untrusted comment'],
  [with_(0, 'comment'), 'its first line is no untrusted comment'],
  [with_(1, ''), 'its second line holds no signature'],
  [with_(1, `${lines[1]} `), 'its second line holds no signature'],
  [with_(1, `X${lines[1]?.slice(1)}`), 'its algorithm is not Ed25519'],
  [with_(2, 'untrusted comment: x'), 'its third line is no trusted comment'],
  [with_(2, 'trusted comment: a\u001b[2J'), 'its trusted comment holds control characters'],
  [with_(2, 'trusted comment: a\u202eb'), 'its trusted comment holds control characters'],
  [with_(3, ''), 'its fourth line does not sign the comment'],
  [`${text}more`, 'something follows after it'],
  [Buffer.from([0xff, 0xfe]), 'it is no text of that kind'],
  [`untrusted comment: ${'x'.repeat(20_000)}`, 'it is no text of that kind'],
  ['<html>Sign in to the network</html>', 'its first line is no untrusted comment'],
])('when a signature file is %j, then it is refused and says why', (given, why) => {
  expect(readMinisignature(Buffer.from(given), 'a.minisig')).toMatchObject({
    code: 'E_SIGNATURE_INVALID',
    message: `a.minisig is no signature of minisign: ${why}`,
  })
})

test('when bytes of a signature file are changed anywhere, then it is refused or proves nothing else', () => {
  const bytes = Buffer.from(text)
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(40), (at, byte, cut) => {
      const changed = Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1 + cut)])
      const signature = readMinisignature(changed, 'a.minisig')
      if ('code' in signature) return signature.code === 'E_SIGNATURE_INVALID'
      const proven = signsComment(signature, ours.key) && signsContent(signature.signature, blake2b(file), ours.key)
      // The first line is nobody's word, and the key id is only where to look.
      return !proven || signature.comment === read(text).comment
    }),
  )
})

test('when anything is given as a signature or a key, then it is read or refused, never more', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.string({ maxLength: 200 }), (bytes, line) => {
      readMinisignature(bytes, 'a.minisig')
      readMinisignKey(line)
    }),
  )
})
