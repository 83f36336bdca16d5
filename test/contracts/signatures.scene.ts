import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import { blake2b, type TestKey, testKey } from '../../src/core/trust/minisign.fixture.ts'
import { type SignedComment, signMinisign } from '../../src/core/trust/minisign-sign.ts'
import { openBelay } from '../../src/main/open.ts'
import { writeRelease } from './source.servers.ts'
import { versionArchive } from './version-archive.ts'

export const ours = testKey('p')
export const stranger = testKey('s')

export function minisig(content: Buffer, comment: SignedComment, { signer }: TestKey = ours): string {
  return signMinisign(blake2b(content), signer, comment)
}

type Files = Readonly<Record<string, string | Buffer>>

/** An archive and its signature. */
export async function signed(version: string, comment: Partial<SignedComment> = {}, key = ours): Promise<Files> {
  const file = `app-${version}.tar.gz`
  const content = await versionArchive(version)
  return { [file]: content, [`${file}.minisig`]: minisig(content, { file, version, ...comment }, key) }
}

/** An archive, and a list of checksums with its signature. */
export async function listed(version: string, comment: Partial<SignedComment> = {}): Promise<Files> {
  const file = `app-${version}.tar.gz`
  const content = await versionArchive(version)
  const sums = Buffer.from(`${createHash('sha256').update(content).digest('hex')}  ${file}\n`)
  return {
    [file]: content,
    SHA256SUMS: sums,
    'SHA256SUMS.minisig': minisig(sums, { file: 'SHA256SUMS', version, ...comment }),
  }
}

/** `belay release serve`, and a host that follows it: 1.0.0 runs. */
export async function scene(trust: object = { keys: { minisign: [ours.key.text] } }) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-signatures-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const releases = join(dir, 'releases')
  await mkdir(releases)
  const publish = (version: string, files: Files) => writeRelease(releases, { tag: `v${version}`, files })
  const asked: string[] = []
  const onRequest = ({ path }: { readonly path: string }) => void asked.push(path.split('/').at(-1) ?? '')
  const server = await serveReleases({
    dir: releases,
    host: '127.0.0.1',
    port: 0,
    signal: new AbortController().signal,
    onRequest,
  })
  onTestFinished(() => server.close())
  await writeFile(join(dir, 'ours.pub'), ours.file)
  const config = (more: object) => ({
    version: 1,
    agent: { allow_http: ['127.0.0.1'], check: { cache: '0s' } },
    components: {
      app: {
        source: { type: 'http', url: `${server.url}/feed.json`, asset: 'app-{version}.tar.*' },
        strategy: { type: 'directory', path: join(dir, 'app'), layout: 'slots' },
        version: { file: 'VERSION', scheme: 'semver' },
        checks: { before: [], after: [{ type: 'version_check' }] },
        trust: more,
      },
    },
  })
  const open = async (more: object) => {
    await writeFile(join(dir, 'belay.yaml'), JSON.stringify(config(more)))
    const belay = await openBelay({ config: join(dir, 'belay.yaml'), state: join(dir, 'state') })
    onTestFinished(() => belay.close())
    return belay
  }
  const belay = await open(trust)
  await publish('1.0.0', await signed('1.0.0'))
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  const running = () => readFile(join(dir, 'app/current/VERSION'), 'utf8')
  expect(await running()).toBe('1.0.0')
  asked.length = 0
  return { belay, publish, running, asked, open, dir }
}
