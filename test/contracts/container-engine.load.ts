import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished } from 'vitest'
import { type Digest, digestSchema } from '../../src/core/model/names.ts'
import { makeTar } from '../../src/host/archive/testing.ts'
import { bundledImage } from '../../src/host/bundle/image.ts'
import { imageTar } from '../../src/host/bundle/image-tar.ts'
import { openBundle } from '../../src/host/bundle/read.ts'
import { endBytes, paddingBytes, tarHeader } from '../../src/host/bundle/tar-header.ts'
import { type EngineCase, type EngineSubject, expectFailure, never } from './container-engine.support.ts'

const digestOf = (bytes: Buffer): Digest => {
  return digestSchema.parse(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
}
const oci = (what: string) => `application/vnd.oci.image.${what}.v1+json`
const json = (value: unknown) => Buffer.from(JSON.stringify(value))

/** A bundle with one image, built by hand: an index of one platform, or a manifest alone. */
async function carried({ engine }: EngineSubject, { index = false, content = 'carried' } = {}) {
  const { platform } = await engine.version(never)
  const layer = await makeTar([{ name: 'hello', content }])
  const packed = gzipSync(layer)
  const config = json({
    ...platform,
    created: '2026-01-01T00:00:00Z',
    config: { Labels: { 'org.opencontainers.image.version': content }, Cmd: ['/hello'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  })
  const described = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length })
  const manifest = json({
    schemaVersion: 2,
    mediaType: oci('manifest'),
    config: described(oci('config'), config),
    layers: [described('application/vnd.oci.image.layer.v1.tar+gzip', packed)],
  })
  const other = { ...described(oci('manifest'), json('elsewhere')), platform: { os: 'linux', architecture: 's390x' } }
  const own = { ...described(oci('manifest'), manifest), platform }
  const top = index ? json({ schemaVersion: 2, mediaType: oci('index'), manifests: [other, own] }) : manifest
  const blobs = [...new Map([top, manifest, config, packed].map((bytes) => [digestOf(bytes), bytes]))]
  const file = await written(blobs)
  return { bundle: await openBundle(file), digest: digestOf(top), platform }
}

async function written(blobs: readonly (readonly [Digest, Buffer])[]): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-load-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const pathOf = (digest: Digest) => `blobs/${digest.replace(':', '/')}`
  const files = blobs.map(([digest, bytes]) => {
    return { path: pathOf(digest), bytes: bytes.length, sha256: digest.slice(7), url: digest }
  })
  const list = { v: 1, source: { type: 'oci', describe: 'image x' }, version: '1.0.0', releases: [], files }
  const entries = [
    ['bundle.json', json(list)] as const,
    ...blobs.map(([digest, bytes]) => [pathOf(digest), bytes] as const),
  ]
  const tar = entries.flatMap(([path, bytes]) => [
    tarHeader(path, bytes.length) ?? Buffer.alloc(0),
    bytes,
    Buffer.alloc(paddingBytes(bytes.length)),
  ])
  await writeFile(join(dir, 'x.bundle'), Buffer.concat([...tar, Buffer.alloc(endBytes)]))
  return join(dir, 'x.bundle')
}

async function load(
  subject: EngineSubject,
  name: string,
  made: Awaited<ReturnType<typeof carried>>,
  ids?: readonly Digest[],
) {
  const image = await bundledImage(made.bundle, made.digest, made.platform)
  const own = [image.config, image.manifest].map(({ sha256 }) => digestSchema.parse(`sha256:${sha256}`))
  await subject.engine.load({ name, ids: ids ?? own, tar: imageTar(made.bundle, image, name) }, never)
  return own
}

export const loadCases: readonly EngineCase[] = [
  ...[false, true].map(
    (index): EngineCase => ({
      name: `when an image comes from a bundle (${index ? 'an index' : 'a manifest'}) then it is here by that name, and is that very one`,
      check: async (subject) => {
        const name = `carried.local/contract/${index ? 'index' : 'manifest'}:1.0.0`
        const made = await carried(subject, { index, content: `index ${index}` })
        const ids = await load(subject, name, made)
        const image = await subject.engine.image(name, never)
        expect(ids).toContain(image?.id)
        expect(image).toMatchObject({ labels: { 'org.opencontainers.image.version': `index ${index}` } })
        await load(subject, name, made)
        expect(await subject.engine.image(name, never)).toMatchObject({ id: image?.id })
      },
    }),
  ),
  {
    name: 'when what an engine took is not what was meant then that is noticed',
    check: async (subject) => {
      const name = 'carried.local/contract/another:1.0.0'
      const made = await carried(subject, { content: 'another' })
      await expectFailure(load(subject, name, made, [digestOf(Buffer.from('meant'))]), 'E_CHECKSUM_MISMATCH')
    },
  },
  {
    name: 'when a tar is cut off on its way then it is no image',
    check: async (subject) => {
      const name = 'carried.local/contract/cut:1.0.0'
      const { bundle, digest, platform } = await carried(subject, { content: 'cut' })
      const image = await bundledImage(bundle, digest, platform)
      async function* half() {
        let sent = 0
        for await (const chunk of imageTar(bundle, image, name)) {
          if (sent > 2000) throw new Error('the stick was pulled out')
          sent += chunk.byteLength
          yield chunk
        }
      }
      await expect(subject.engine.load({ name, ids: [digest], tar: half() }, never)).rejects.toThrow()
      expect(await subject.engine.image(name, never)).toBeNull()
    },
  },
]
