import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import {
  byWorkflow,
  provenance,
  type SignAs,
  type TestSigstore,
  testSigstore,
} from '../../src/host/signatures/testing.ts'
import { scene } from './signatures.scene.ts'
import { versionArchive } from './version-archive.ts'

/** The whole way: a release with an attestation beside it, and a host that asks for the build of one repository. */

const file = 'app-1.1.0.tar.gz'
const repo = 'owner/repo.X'
const built = byWorkflow(repo, 'release.yml', 'refs/tags/v1.1.0')
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

async function world() {
  const { publish, running, open, asked, dir } = await scene({ require: 'checksum' })
  const sigstore = testSigstore()
  await writeFile(join(dir, 'root.json'), JSON.stringify(sigstore.root))
  // A feed knows versions, and not what its tags are called.
  const workflow = { repo, workflow: 'release.yml', ref: 'refs/tags/v{version}' }
  const belay = await open({ attestation: { ...workflow, trusted_root: 'root.json' } })
  const content = await versionArchive('1.1.0')
  const attested = (as: SignAs = built, instance: TestSigstore = sigstore, of = sha256(content)) =>
    JSON.stringify(instance.attest(provenance({ [file]: of }), as))
  const release = (bundle: string | null) =>
    publish('1.1.0', { [file]: content, ...(bundle === null ? {} : { [`${file}.sigstore.json`]: bundle }) })
  return { belay, running, asked, attested, release, sigstore, publish, content }
}

test('when the trusted workflow built the release, then it is installed, and plan and status say which it was', async () => {
  const { belay, running, attested, release } = await world()
  await release(attested())
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
  expect((await belay.status())[0]?.trust).toMatchObject({
    rung: 'attestation',
    kind: 'attestation',
    by: built.subject,
  })
})

test('when one file holds the attestations of the whole release, then the right one is found in it', async () => {
  const { belay, running, attested, publish, content, sigstore } = await world()
  const other = JSON.stringify(sigstore.attest(provenance({ 'other.zip': 'f'.repeat(64) }), built))
  await publish('1.1.0', { [file]: content, 'attestations.sigstore.jsonl': `${other}\n${attested()}\n` })
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed' })
  expect(await running()).toBe('1.1.0')
})

type World = Awaited<ReturnType<typeof world>>

const attacks: readonly (readonly [string, ProblemCode, string, (all: World) => string | null])[] = [
  [
    'another workflow of the right repository made it',
    'E_SIGNER_UNTRUSTED',
    'workflow https://github.com/owner/repo.X/.github/workflows/pr.yml@refs/tags/v1.1.0',
    ({ attested }) => attested(byWorkflow(repo, 'pr.yml', 'refs/tags/v1.1.0')),
  ],
  [
    'repoX made it, and repo.X is trusted',
    'E_SIGNER_UNTRUSTED',
    'repository https://github.com/owner/repoX',
    ({ attested }) => attested(byWorkflow('owner/repoX', 'release.yml', 'refs/tags/v1.1.0')),
  ],
  [
    'the right workflow made it at the tag of an older release',
    'E_SIGNER_UNTRUSTED',
    'ref refs/tags/v1.0.0',
    ({ attested }) => attested(byWorkflow(repo, 'release.yml', 'refs/tags/v1.0.0')),
  ],
  [
    'the bundle is valid, but for another artifact',
    'E_SIGNATURE_OTHER',
    'is about something else than sha256:',
    ({ attested, sigstore }) => attested(built, sigstore, sha256(Buffer.from('another'))),
  ],
  [
    'the bundle comes from another Sigstore instance',
    'E_SIGNATURE_INVALID',
    'does not hold',
    ({ attested }) => attested(built, testSigstore()),
  ],
  [
    'the certificate expired and nothing dates the signature',
    'E_SIGNATURE_INVALID',
    'expected 1 timestamps, got 0',
    ({ attested }) => attested({ ...built, loggedAt: null }),
  ],
  ['the bundle was cut off', 'E_SIGNATURE_INVALID', 'cannot be read', ({ attested }) => attested().slice(0, 500)],
  ['nobody attests it', 'E_SIGNATURE_MISSING', 'nobody attests how', () => null],
]

test.each(attacks)(
  'A7-44: when %s, then nothing is fetched, and the old version still runs',
  async (_, code, why, make) => {
    const all = await world()
    await all.release(make(all))
    await expect(all.belay.update('app')).rejects.toMatchObject({
      problem: { code, message: expect.stringContaining(why), hint: expect.any(String) },
    })
    expect(await all.running()).toBe('1.0.0')
    expect(all.asked).not.toContain(file)
  },
)

test('when the archive is swapped after it was attested, then the old version still runs', async () => {
  const { belay, running, attested, publish } = await world()
  await publish('1.1.0', { [file]: await versionArchive('6.6.6'), [`${file}.sigstore.json`]: attested() })
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_SIGNATURE_OTHER' } })
  expect(await running()).toBe('1.0.0')
})

test('when the config names no other root, then bundles of the public instance alone count', async () => {
  const { publish, open, running } = await scene({ require: 'checksum' })
  const belay = await open({
    attestation: { repo: 'malancas/attest-demo', workflow: 'shared.yml', ref: 'refs/heads/main' },
  })
  const real = await readFile(join(import.meta.dirname, '../fixtures/sigstore/reusable-workflow.sigstore.json'), 'utf8')
  await publish('1.1.0', { [file]: await versionArchive('1.1.0'), [`${file}.sigstore.json`]: real })
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_SIGNER_UNTRUSTED', message: expect.stringContaining('bdehamer/workflows') },
  })
  expect(await running()).toBe('1.0.0')
})
