import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { openBelay } from '../../src/main/open.ts'
import { makeBundle } from '../../src/main/release-bundle.ts'
import { loadConfig } from '../../src/host/config/load.ts'
import { kindsFor } from '../../src/main/kinds.ts'
import { type BundleList, listName } from '../../src/core/bundle/format.ts'
import { blockBytes, paddingBytes, statedBytes, tarHeader } from '../../src/host/bundle/tar-header.ts'
import type { Spec } from '../../src/core/model/names.ts'
import type { BundleRequest } from '../../src/ports/bundles.ts'
import { newKey, roleOf, TestRepository } from './tuf.repository.ts'
import { served, temporaryFolder } from './tuf.server.ts'
import { versionArchive } from './version-archive.ts'

/** A host that has `source`, and what it can do with a bundle; `dir` is where its config and its files lie. */
export async function host(dir: string, source: Spec, trust: object, name = 'app', more: object = {}) {
  const config = join(dir, `${name}.yaml`)
  const files = {
    strategy: { type: 'directory', path: join(dir, name), layout: 'slots' },
    version: { file: 'VERSION', scheme: 'semver' },
    checks: { before: [], after: [{ type: 'version_check' }] },
  }
  const images = { strategy: { type: 'compose', file: join(dir, 'compose.yml'), service: 'app' } }
  const component = { source, trust, ...(source.type === 'oci' ? images : files), ...more }
  const text = { version: 1, agent: { allow_http: ['127.0.0.1'] }, components: { app: component } }
  await writeFile(config, JSON.stringify(text))
  const belay = await openBelay({ config, state: join(dir, `${name}-state`) })
  onTestFinished(() => belay.close())
  const settings = async () => (await loadConfig({ config, env: {}, cwd: dir }, kindsFor)).settings
  return {
    belay,
    running: () => readFile(join(dir, `${name}/current/VERSION`), 'utf8'),
    bundle: (out: string, more: Partial<BundleRequest> = {}) => {
      const signal = new AbortController().signal
      const told = () => {}
      const of = { component: 'app' }
      const request = { of, version: null, platforms: [], out: join(dir, out), told, signal, ...more }
      return makeBundle(request, { settings, env: {} })
    },
  }
}

/** A signed repository with the release 1.0.0, a host that runs it, and a connection that can be cut. */
export async function signedScene() {
  const nowMs = Date.now()
  const repository = new TestRepository(nowMs)
  const role = roleOf([newKey()])
  repository.delegate({ name: 'app-stable', by: 'targets', role, paths: ['app/stable/*'], terminating: true })
  const release = async (version: string, seq: number, more: object = {}) => {
    const fields = { product: 'app', channel: 'stable', version, seq, notes: `what is new in ${version}`, ...more }
    repository.addArtifact('app-stable', `app/stable/app-${version}.tar.gz`, await versionArchive(version), fields)
    repository.publish()
  }
  await release('1.0.0', 1)
  const { server, door } = await served(repository)
  const dir = await temporaryFolder()
  await writeFile(join(dir, 'root.json'), repository.files.get('1.root.json') ?? '')
  const source = { type: 'belay', url: server.url, root: 'root.json', product: 'app' }
  const online = await host(dir, source, { require: 'tuf' })
  expect(await online.belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  const cut = () => {
    door.fault = (_request, response) => {
      response.destroy()
      return true
    }
  }
  return { repository, release, role, dir, source, cut, server, door, nowMs, ...online }
}

/** The same bundle with another list: whoever changes one can change the other. */
export function relisted(bytes: Buffer, change: (list: BundleList) => object): Buffer {
  const size = statedBytes(bytes) ?? 0
  const list = JSON.parse(bytes.toString('utf8', blockBytes, blockBytes + size)) as BundleList
  const text = Buffer.from(JSON.stringify(change(list)))
  const header = tarHeader(listName, text.length) ?? Buffer.alloc(0)
  const files = bytes.subarray(blockBytes + size + paddingBytes(size))
  return Buffer.concat([header, text, Buffer.alloc(paddingBytes(text.length)), files])
}
