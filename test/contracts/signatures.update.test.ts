import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { en } from '../../src/protocol/words/en.ts'
import { planFacts } from '../../src/protocol/words/plan.ts'
import { listed, minisig, ours, scene, signed, stranger } from './signatures.scene.ts'
import { versionArchive } from './version-archive.ts'
import { workshop } from './publish.world.ts'

/** The whole way, from a signed release to a running version, and what an attack leaves of it: the old one. */

test('when the archive is signed, then it is installed, and plan and status say by which key', async () => {
  const { belay, publish, running } = await scene()
  await publish('1.1.0', await signed('1.1.0'))
  const planned = await belay.plan('app')
  if (!('plan' in planned)) throw new Error('nothing to do')
  expect(en.trust(planFacts(planned.plan))).toBe(`checksum published, signed by key ${ours.key.text.slice(0, 14)}…`)
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
  expect((await belay.status())[0]?.trust).toEqual({
    rung: 'signature',
    kind: 'minisign',
    by: `${ours.key.text.slice(0, 14)}…`,
    stated_by: 'api',
  })
})

test('when the list of checksums is signed, then that proves the digest, with the key in a file', async () => {
  const { belay, publish, running } = await scene({ keys: { minisign: ['ours.pub'] } })
  await publish('1.1.0', await listed('1.1.0'))
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect((await belay.status())[0]?.trust).toMatchObject({ kind: 'minisign', stated_by: 'SHA256SUMS' })
  expect(await running()).toBe('1.1.0')
})

test.each([
  ['another version', { version: '1.0.9' }, 'it was signed for version 1.0.9, and this release is 1.1.0'],
  ['another file', { file: 'app-1.0.0.tar.gz' }, 'it was signed for the file app-1.0.0.tar.gz, not app-1.1.0.tar.gz'],
  ['another product', { product: 'other' }, 'it was signed for the product other'],
])(
  'A7-45: when the right key signed it as %s, then nothing is fetched, and the old version still runs',
  async (_, comment, why) => {
    const { belay, publish, running, asked } = await scene()
    await publish('1.1.0', await signed('1.1.0', comment))
    await expect(belay.update('app')).rejects.toMatchObject({
      problem: { code: 'E_SIGNATURE_OTHER', message: `app-1.1.0.tar.gz.minisig is not for this release: ${why}` },
    })
    expect(await running()).toBe('1.0.0')
    expect(asked).not.toContain('app-1.1.0.tar.gz')
  },
)

test('A7-45: when an older signed list is shown as that of a new version, then the old version still runs', async () => {
  const { belay, publish, running } = await scene({ keys: { minisign: [ours.key.text] }, require: 'tls' })
  const old = await listed('1.1.0', { version: '1.0.5' })
  await publish('1.1.0', old)
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: {
      code: 'E_SIGNATURE_OTHER',
      message: 'SHA256SUMS.minisig is not for this release: it was signed for version 1.0.5, and this release is 1.1.0',
    },
  })
  expect(await running()).toBe('1.0.0')
})

test.each(['signature', 'checksum', 'tls'])(
  'when the archive was swapped and the server states its checksum, then %s or not, the old version still runs',
  async (require) => {
    const { belay, publish, running, dir } = await scene({ keys: { minisign: [ours.key.text] }, require })
    const genuine = await signed('1.1.0')
    await publish('1.1.0', { ...genuine, 'app-1.1.0.tar.gz': await versionArchive('6.6.6') })
    expect(await belay.update('app')).toMatchObject({
      outcome: 'failed',
      problem: {
        code: 'E_SIGNATURE_INVALID',
        message: `app-1.1.0.tar.gz is not genuine: app-1.1.0.tar.gz.minisig by the key ${ours.key.id} signs another file`,
      },
    })
    expect(await running()).toBe('1.0.0')
    expect((await readdir(join(dir, 'app'))).filter((name) => name.includes('1.1.0'))).toEqual([])
  },
)

test('when the list was changed after it was signed, then the old version still runs, however little is asked', async () => {
  const { belay, publish, running } = await scene({ keys: { minisign: [ours.key.text] }, require: 'tls' })
  const evil = await versionArchive('6.6.6')
  const genuine = await listed('1.1.0')
  await publish('1.1.0', {
    ...genuine,
    'app-1.1.0.tar.gz': evil,
    SHA256SUMS: Buffer.concat([Buffer.from(genuine['SHA256SUMS'] ?? ''), Buffer.from(' ')]),
  })
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: {
      code: 'E_SIGNATURE_INVALID',
      message: expect.stringContaining('SHA256SUMS is another file than the one that was signed'),
    },
  })
  expect(await running()).toBe('1.0.0')
})

test('when an unknown key signed it and a signature is asked for, then the old version still runs, and both keys are named', async () => {
  const { belay, publish, running } = await scene()
  await publish('1.1.0', await signed('1.1.0', {}, stranger))
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: {
      code: 'E_SIGNER_UNTRUSTED',
      message: `app-1.1.0.tar.gz.minisig is by the key ${stranger.key.id}, and trusted is ${ours.key.id}; app-1.1.0.tar.gz is proven by a published checksum, and trust.require asks for signature`,
      hint: expect.stringContaining('trust.keys.minisign'),
    },
  })
  expect(await running()).toBe('1.0.0')
})

test('when an unknown key signed it and a checksum is enough, then it is installed, and the plan tells of it', async () => {
  const { belay, publish, running } = await scene({ keys: { minisign: [ours.key.text] }, require: 'checksum' })
  await publish('1.1.0', await signed('1.1.0', {}, stranger))
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
  await publish('1.2.0', await signed('1.2.0', {}, stranger))
  const planned = await belay.plan('app')
  expect('plan' in planned ? planned.plan.about.warnings : []).toEqual([
    `Not proven by more: app-1.2.0.tar.gz.minisig is by the key ${stranger.key.id}, and trusted is ${ours.key.id}.`,
  ])
})

test('when the rung is too low, then the old version still runs, and it is said what was found and what was asked', async () => {
  const { belay, publish, running, open } = await scene()
  const { 'app-1.1.0.tar.gz': alone = '' } = await signed('1.1.0')
  await publish('1.1.0', { 'app-1.1.0.tar.gz': alone })
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: {
      code: 'E_SIGNATURE_MISSING',
      message:
        'the release has no signature of app-1.1.0.tar.gz by minisign; app-1.1.0.tar.gz is proven by a published checksum, and trust.require asks for signature',
      hint: expect.stringContaining('app-1.1.0.tar.gz.minisig'),
    },
  })
  const stricter = await open({ attestation: { repo: 'o/app', workflow: 'release.yml' } })
  await expect(stricter.update('app')).rejects.toMatchObject({
    problem: {
      code: expect.stringMatching(/^E_(?:SIGNATURE_MISSING|TRUST_TOO_LOW)$/),
      message: expect.stringContaining('attestation'),
    },
  })
  expect(await running()).toBe('1.0.0')
})

test('when what stands beside the archive is no signature, then the old version still runs', async () => {
  const { belay, publish, running } = await scene({ keys: { minisign: [ours.key.text] }, require: 'tls' })
  await publish('1.1.0', { ...(await signed('1.1.0')), 'app-1.1.0.tar.gz.minisig': '<html>Sign in</html>' })
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_SIGNATURE_INVALID' } })
  await publish('1.1.1', { ...(await signed('1.1.1')), 'app-1.1.1.tar.gz.minisig': 'x'.repeat(100_000) })
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_RESPONSE_TOO_LARGE' } })
  expect(await running()).toBe('1.0.0')
})

test('when the publisher calls it otherwise and the config says so, then it is installed', async () => {
  const trust = { keys: { minisign: [ours.key.text] }, product: 'other' }
  const { belay, publish } = await scene(trust)
  const content = await versionArchive('1.1.0')
  const file = 'app-1.1.0.tar.gz'
  await publish('1.1.0', { [file]: content, [`${file}.minisig`]: minisig(content, { file, product: 'other', seq: 2 }) })
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
})

test('when belay release made and signed it, then its key alone is enough for a host that knows no repository', async () => {
  const shop = await workshop()
  await shop.release('1.1.0')
  const [built, pub] = [join(shop.dir, 'builds/stable/1.1.0'), join(shop.dir, 'keys/minisign.pub')]
  const { belay, publish, running } = await scene({ keys: { minisign: [ours.key.text, pub] } })
  const names = (await readdir(built)).filter((name) => /^(?:app-|SHA256SUMS)/.test(name))
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(built, name))] as const))
  await publish('1.1.0', Object.fromEntries(files))
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect((await belay.status())[0]?.trust).toMatchObject({ kind: 'minisign', stated_by: 'SHA256SUMS' })
  expect(await running()).toBe('1.1.0')
})

test('when it was rolled back, then status says what proved the version that runs again', async () => {
  const { belay, publish, running } = await scene()
  await publish('1.1.0', await listed('1.1.0'))
  await belay.update('app')
  expect((await belay.status())[0]?.trust).toMatchObject({ stated_by: 'SHA256SUMS' })
  expect(await belay.rollback('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  expect(await running()).toBe('1.0.0')
  expect((await belay.status())[0]?.trust).toMatchObject({ kind: 'minisign', stated_by: 'api' })
})

test('when the file of a key is gone, or holds none, then the old version still runs, and the file is named', async () => {
  const { belay, publish, running, dir } = await scene({ keys: { minisign: ['ours.pub'] } })
  await publish('1.1.0', await signed('1.1.0'))
  const pub = join(dir, 'ours.pub')
  const refused = (why: string) =>
    expect(belay.update('app')).rejects.toMatchObject({
      problem: {
        code: 'E_CONFIG_INVALID',
        message: `${pub} ${why}`,
        hint: expect.stringContaining('trust.keys.minisign'),
      },
    })
  await writeFile(pub, 'no key')
  await refused('holds no public key of minisign')
  await rm(pub)
  await refused('cannot be read')
  expect(await running()).toBe('1.0.0')
})
