import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { digestSchema } from '../../core/model/names.ts'
import type { Artifact, Release } from '../../core/model/release.ts'
import type { Question } from '../../core/trust/prover.ts'
import { requireOnly } from '../../core/trust/settings.ts'
import { sendJson, testClient, testServer } from '../http/testing.ts'
import { openSecrets } from '../secrets.ts'
import { attestationFiles, attestationProver } from './attestation-prover.ts'
import { byWorkflow, provenance, testSigstore } from './testing.ts'

const digest = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const file = (name: string): Artifact => ({ name, url: `https://example.org/${name}`, bytes: null, digest: null })
const name = 'app.tar.gz'

test.each([
  ['its own', [`${name}.sigstore.json`, 'all.sigstore.json'], [`${name}.sigstore.json`]],
  ['several of its own', [`${name}.sigstore`, `${name}.jsonl`], [`${name}.sigstore`, `${name}.jsonl`]],
  ['one for the whole release', ['attestation.sigstore.json', 'NOTES.md'], ['attestation.sigstore.json']],
  ['one of another file', ['other.zip', 'other.zip.sigstore.json'], []],
  ['none', ['data.jsonl'], []],
])('when a release has %s, then that is read', (_, names, expected) => {
  expect(attestationFiles(name, [name, ...names].map(file)).map((found) => found.name)).toStrictEqual(expected)
})

/** A release of GitHub whose file is attested; `answers` says what each address has. */
async function scene(stated: boolean) {
  const sigstore = testSigstore()
  const bundle = sigstore.attest(provenance({ [name]: digest }), byWorkflow('o/app', 'release.yml', 'refs/tags/v1'))
  const dir = await mkdtemp(join(tmpdir(), 'belay-root-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'root.jsonl'), `${JSON.stringify(testSigstore().root)}\n${JSON.stringify(sigstore.root)}\n`)
  const answers = new Map<string, Buffer | object>()
  const server = await testServer((request, response) => {
    const answer = answers.get(request.url ?? '')
    if (Buffer.isBuffer(answer)) response.end(answer)
    else if (answer === undefined) response.writeHead(404).end('{}')
    else sendJson(response, answer)
  })
  const client = testClient({}, ['127.0.0.1'])
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const prover = attestationProver(async () => ({ http: client, secrets: openSecrets({ TOKEN: 'secret' }) }))
  const artifact = file(name)
  const release = { version: '1', tag: 'v1', files: [], artifact }
  const trust = {
    repo: 'o/app',
    workflow: 'release.yml',
    ref: null,
    issuer: null,
    trustedRoot: join(dir, 'root.jsonl'),
  }
  const question: Question = {
    release: release as unknown as Release,
    artifact,
    source: { type: 'github', repo: 'o/app', api: server.url, token_env: 'TOKEN' },
    trust: { ...requireOnly('attestation'), attestation: trust },
    products: [],
    stated: stated ? { digest, by: 'api' } : null,
    nowMs: 0,
    signal: new AbortController().signal,
    read: async () => Buffer.from(JSON.stringify(bundle)),
  }
  return { bundle, answers, server, question, ask: () => prover.prove(question), prover }
}

const path = `/repos/o/app/attestations/${digest}?per_page=30&predicate_type=provenance`
const proven = { kind: 'digest', digest, proof: { rung: 'attestation', kind: 'attestation' } }

test('when a bundle lies beside the file, then no API is asked, and no digest has to be stated', async () => {
  const { question, prover, server } = await scene(false)
  const release = { ...question.release, files: [file(`${name}.sigstore.json`)] }
  expect(await prover.prove({ ...question, release })).toMatchObject(proven)
  expect(server.seen).toStrictEqual([])
})

test('when GitHub keeps the bundle in its answer, then it is taken from there', async () => {
  const { ask, answers, bundle } = await scene(true)
  answers.set(path, { attestations: [{ bundle }] })
  expect(await ask()).toMatchObject(proven)
})

test('when GitHub keeps the bundle elsewhere, packed, then it is fetched without the token', async () => {
  const { ask, answers, bundle, server } = await scene(true)
  const text = Buffer.from(JSON.stringify(bundle))
  const head = Buffer.of(
    (text.length & 0x7f) | 0x80,
    text.length >> 7,
    61 << 2,
    (text.length - 1) & 0xff,
    (text.length - 1) >> 8,
  )
  answers.set(path, { attestations: [{ bundle: null, bundle_url: `${server.url}/blob?sig=1` }] })
  answers.set('/blob?sig=1', Buffer.concat([head, text]))
  expect(await ask()).toMatchObject(proven)
  expect(server.seen.map(({ headers }) => headers.authorization)).toStrictEqual(['Bearer secret', undefined])
})

test('when GitHub knows none, or no digest is known to ask by, then none is there', async () => {
  const { ask, server } = await scene(true)
  expect(await ask()).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
  expect(server.seen).toHaveLength(1)
  const unknown = await scene(false)
  expect(await unknown.ask()).toMatchObject({ code: 'E_SIGNATURE_MISSING' })
  expect(unknown.server.seen).toHaveLength(0)
})

test('when GitHub cannot be asked, then that is an error, and not "none"', async () => {
  const { ask, server } = await scene(true)
  await server[Symbol.asyncDispose]()
  await expect(ask()).rejects.toMatchObject({ problem: { code: 'E_NETWORK' } })
})

test('when the config trusts nobody for it, or the source has no files, then it does not apply', async () => {
  const { question, prover } = await scene(true)
  expect(prover.applies(question)).toBe(true)
  expect(prover.applies({ ...question, trust: requireOnly('checksum') })).toBe(false)
  expect(prover.applies({ ...question, source: { type: 'git' } })).toBe(false)
})

test.each([
  ['that is not there', null],
  ['that is no JSON', '{'],
  ['without authorities', '{"tlogs":[],"certificateAuthorities":[]}'],
  ['that dates nothing', JSON.stringify({ ...testSigstore().root, tlogs: [], timestampAuthorities: [] })],
])('when the config names a trust root %s, then the config is wrong', async (_, text) => {
  const { question, prover } = await scene(true)
  const { attestation } = question.trust
  if (attestation === null) throw new Error('the scene names one')
  const trustedRoot = `${attestation.trustedRoot}.other`
  if (text !== null) await writeFile(trustedRoot, text)
  const trust = { ...question.trust, attestation: { ...attestation, trustedRoot } }
  const release = { ...question.release, files: [file(`${name}.sigstore.json`)] }
  await expect(prover.prove({ ...question, trust, release })).rejects.toMatchObject({
    problem: { code: 'E_CONFIG_INVALID', message: expect.stringContaining(trustedRoot) },
  })
})
