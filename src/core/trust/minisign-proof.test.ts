import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestSchema } from '../model/names.ts'
import { fail } from '../model/problem.ts'
import type { Artifact } from '../model/release.ts'
import { blake2b, type TestKey, testKey } from './minisign.fixture.ts'
import { proveMinisign } from './minisign-proof.ts'
import { type SignedComment, signMinisign } from './minisign-sign.ts'
import type { Question } from './prover.ts'
import { requireOnly } from './settings.ts'
import { wholeBytesMax } from './signature-demand.ts'

const name = 'app-1.1.0.tar.gz'
const content = Buffer.from('the archive')
const sha256 = createHash('sha256').update(content).digest('hex')
const sums = `${sha256}  ${name}\n`
const [ours, second, stranger] = [testKey('a'), testKey('b'), testKey('c')]

function sign(bytes: Uint8Array | string, comment: SignedComment, { signer }: TestKey = ours): string {
  return signMinisign(blake2b(Buffer.from(bytes)), signer, comment)
}

/** A release with these files; `read` says which were asked for. */
function question(files: Readonly<Record<string, string | Uint8Array>>, bytes: number | null = content.length) {
  const all: Artifact[] = [name, ...Object.keys(files)].map((one) => ({
    name: one,
    url: `https://x.test/${one}`,
    bytes: one === name ? bytes : null,
    digest: null,
  }))
  const artifact = all[0]
  if (artifact === undefined) throw new Error('no artifact')
  const about = { title: null, notes: null, url: null, publishedAt: null, prerelease: false, assets: [] }
  const checksums = all.filter((file) => file.name.startsWith('SHA256SUMS') && !file.name.endsWith('.minisig'))
  const read: string[] = []
  const asked: Question = {
    release: { version: '1.1.0', tag: 'v1.1.0', artifact, checksums, files: all, ...about },
    artifact,
    source: { type: 'http' },
    trust: requireOnly('signature'),
    products: ['app'],
    stated: null,
    nowMs: 0,
    signal: new AbortController().signal,
    read: async (file) => {
      read.push(file.name)
      return Buffer.from(files[file.name] ?? '')
    },
  }
  return { asked, read }
}

const keys = [second.key, ours.key]
const prove = (files: Readonly<Record<string, string | Uint8Array>>) => proveMinisign(question(files).asked, keys)

test('when the list is signed, then the digest that it states is proven by that key', async () => {
  const answer = await prove({
    SHA256SUMS: sums,
    'SHA256SUMS.minisig': sign(sums, { file: 'SHA256SUMS', version: '1.1.0' }),
  })
  expect(answer).toEqual({
    kind: 'digest',
    digest: digestSchema.parse(`sha256:${sha256}`),
    statedBy: 'SHA256SUMS',
    proof: { rung: 'signature', kind: 'minisign', by: `${ours.key.text.slice(0, 14)}…` },
  })
})

test('when the archive is signed, then its bytes are demanded, and nothing but the signature is read', async () => {
  const { asked, read } = question({ [`${name}.minisig`]: sign(content, { file: name }) })
  expect(await proveMinisign(asked, keys)).toMatchObject({
    kind: 'bytes',
    signature: { kind: 'minisign', key: ours.key.text, prehashed: true, by: `${name}.minisig` },
  })
  expect(read).toEqual([`${name}.minisig`])
})

test('when the signed list says nothing of the archive, then its own signature counts', async () => {
  const other = `${sha256}  other.tar.gz\n`
  const list = { SHA256SUMS: other, 'SHA256SUMS.minisig': sign(other, { file: 'SHA256SUMS' }) }
  expect(await prove(list)).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
  expect(await prove({ ...list, [`${name}.minisig`]: sign(content, { file: name }) })).toMatchObject({ kind: 'bytes' })
})

test('when a stranger signed the list and a known key the archive, then that is enough', async () => {
  const list = { SHA256SUMS: sums, 'SHA256SUMS.minisig': sign(sums, { file: 'SHA256SUMS' }, stranger) }
  expect(await prove(list)).toMatchObject({
    code: 'E_SIGNER_UNTRUSTED',
    facts: { key: stranger.key.id, trusted: [second.key.id, ours.key.id] },
  })
  expect(await prove({ ...list, [`${name}.minisig`]: sign(content, { file: name }) })).toMatchObject({ kind: 'bytes' })
})

test('A7-45: when the comment was written anew to fit, then it is refused before the archive is fetched', async () => {
  const old = sign(content, { file: name, version: '1.0.0' })
  expect(await prove({ [`${name}.minisig`]: old })).toMatchObject({ code: 'E_SIGNATURE_OTHER' })
  expect(await prove({ [`${name}.minisig`]: old.replace('version:1.0.0', 'version:1.1.0') })).toMatchObject({
    code: 'E_SIGNATURE_INVALID',
    message: `${name}.minisig pretends to be by the key ${ours.key.id}: its trusted comment was not signed`,
  })
})

test('A7-45: when a known key id stands over the signature of a stranger, then it is refused', async () => {
  const forged = signMinisign(
    blake2b(content),
    { id: ours.signer.id, privateKey: stranger.signer.privateKey },
    { file: name },
  )
  expect(await prove({ [`${name}.minisig`]: forged })).toMatchObject({ code: 'E_SIGNATURE_INVALID' })
})

test('when the list is another than the one that was signed, then it is refused, whatever else there is', async () => {
  const files = {
    SHA256SUMS: `${'0'.repeat(64)}  ${name}\n`,
    'SHA256SUMS.minisig': sign(sums, { file: 'SHA256SUMS' }),
    [`${name}.minisig`]: sign(content, { file: name }),
  }
  expect(await prove(files)).toMatchObject({
    code: 'E_SIGNATURE_INVALID',
    message: `SHA256SUMS.minisig pretends to be by the key ${ours.key.id}: SHA256SUMS is another file than the one that was signed`,
  })
})

test('when a signature of the older kind is over more than fits in memory, then it is refused before the download', async () => {
  const [first = '', line = '', ...rest] = sign(content, { file: name }).split('\n')
  const bytes = Buffer.from(line, 'base64')
  bytes.write('Ed', 'latin1')
  const legacy = { [`${name}.minisig`]: [first, bytes.toString('base64'), ...rest].join('\n') }
  expect(await proveMinisign(question(legacy, wholeBytesMax + 1).asked, keys)).toMatchObject({
    code: 'E_SIGNATURE_INVALID',
    hint: expect.stringContaining('without -l'),
  })
  expect(await proveMinisign(question(legacy).asked, keys)).toMatchObject({ signature: { prehashed: false } })
})

test('when a feed names one file alone, then its signature is looked for beside it', async () => {
  const { asked } = question({})
  const artifact = { ...asked.artifact, url: 'https://x.test/get/a?token=1' }
  const text = sign(content, { file: name })
  const at = (found: string): Question => ({
    ...asked,
    artifact,
    release: { ...asked.release, artifact, files: [artifact] },
    read: async ({ url }) => {
      if (url !== found) throw fail('E_NOT_FOUND', 'nothing is there')
      return Buffer.from(text)
    },
  })
  expect(await proveMinisign(at('https://x.test/get/a.minisig?token=1'), keys)).toMatchObject({ kind: 'bytes' })
  expect(await proveMinisign(at('https://x.test/get/b'), keys)).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
})

test('when a source knows no other files, then a signature is missing', async () => {
  const { asked } = question({})
  const { files: _, ...release } = asked.release
  expect(await proveMinisign({ ...asked, release }, keys)).toMatchObject({
    code: 'E_SIGNATURE_MISSING',
    hint: `Ask its publisher for ${name}.minisig, or SHA256SUMS.minisig, or lower trust.require.`,
  })
})
