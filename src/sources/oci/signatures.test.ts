import { createHash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { type Digest, digestSchema } from '../../core/model/names.ts'
import { testClient, testServer, untouched } from '../../host/http/testing.ts'
import { openRegistry } from './registry.ts'
import { imageSignatures } from './signatures.ts'

const digest = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const textType = 'application/vnd.dev.cosign.simplesigning.v1+json'
const shaOf = (text: string): Digest => digestSchema.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`)

/** A registry with its own list of what refers to an image, as older ones have none. */
async function scene() {
  const held = new Map<string, string>()
  const server = await testServer((request, response) => {
    const path = (request.url ?? '').replace('/v2/o/app/', '')
    const body = held.get(path)
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(body ?? '{}')
  })
  const client = testClient({}, ['127.0.0.1'])
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  const host = new URL(server.url).host
  const registry = openRegistry({
    http: client,
    clock: client.clock,
    allowHttp: ['127.0.0.1'],
    login: async () => null,
  })
  const image = { host, repository: 'o/app', name: `${host}/o/app` }
  const manifest = (
    reference: string,
    ...layers: readonly (readonly [type: string, content: string, notes?: object])[]
  ) => {
    for (const [, content] of layers) held.set(`blobs/${shaOf(content)}`, content)
    const entries = layers.map(([mediaType, content, annotations]) => ({
      mediaType,
      digest: shaOf(content),
      annotations,
    }))
    held.set(`manifests/${reference}`, JSON.stringify({ schemaVersion: 2, layers: entries }))
  }
  const refer = (path: string, manifests: readonly { readonly digest: Digest; readonly artifactType?: string }[]) =>
    held.set(path, JSON.stringify({ schemaVersion: 2, manifests }))
  const find = () => imageSignatures(registry, { image, login: {}, signal: untouched() }, digest)
  return { held, manifest, refer, find, server }
}

const note = { 'dev.cosignproject.cosign/signature': 'c2ln' }
const tag = digest.replace(':', '-')

test('when nothing refers to the image, then there is no signature, and three places were asked', async () => {
  const { find, server } = await scene()
  expect(await find()).toStrictEqual([])
  expect(server.seen.map(({ path }) => path.replace('/v2/o/app/', ''))).toStrictEqual([
    `manifests/${tag}.sig`,
    `referrers/${digest}`,
    `manifests/${tag}`,
  ])
})

test('when signatures lie at the tag and in the list, then all are found, and what is none of them is passed over', async () => {
  const { find, manifest, refer, server } = await scene()
  manifest(`${tag}.sig`, [textType, 'one', note], [textType, 'unsigned'], ['text/plain', 'x', note])
  const [bundle, sbom] = [shaOf('m1'), shaOf('m2')]
  manifest(bundle, [bundleType, '{"a":1}'])
  manifest(sbom, [bundleType, '{"never":1}'])
  refer(`referrers/${digest}`, [
    { digest: bundle, artifactType: bundleType },
    { digest: sbom, artifactType: 'application/spdx+json' },
  ])
  expect(await find()).toMatchObject([
    { kind: 'text', signature: 'c2ln', certificate: null },
    { kind: 'bundle', bundle: { a: 1 } },
  ])
  expect(server.seen.some(({ path }) => path.endsWith(`manifests/${tag}`))).toBe(false)
})

test('when somebody pushed thousands of signatures, then the first ones are read', async () => {
  const { find, manifest, server } = await scene()
  manifest(`${tag}.sig`, ...Array.from({ length: 900 }, (_, at) => [textType, `text ${at}`, note] as const))
  expect(await find()).toHaveLength(32)
  expect(server.seen.length).toBeLessThan(40)
})

test('when a blob is another than its name says, then the registry is not believed', async () => {
  const { find, manifest, held } = await scene()
  manifest(`${tag}.sig`, [textType, 'one', note])
  held.set(`blobs/${shaOf('one')}`, 'two')
  await expect(find()).rejects.toMatchObject({ problem: { code: 'E_CHECKSUM_MISMATCH' } })
})

test('when the registry cannot be asked, then that is an error, and not "unsigned"', async () => {
  const { find, server } = await scene()
  await server[Symbol.asyncDispose]()
  await expect(find()).rejects.toMatchObject({ problem: { code: 'E_NETWORK' } })
})
