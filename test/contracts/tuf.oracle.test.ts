import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { initializeTUFRepo } from '@tufjs/repo-mock'
import { Updater } from 'tuf-js'
import { problemOf } from '../../src/core/model/problem.ts'
import { findTarget } from '../../src/core/trust/tuf/search.ts'
import { drive } from '../../src/host/trust/drive.ts'
import { openTrustStore } from '../../src/host/trust/store.ts'
import { untouched } from '../../src/host/http/testing.ts'
import { MemoryClient } from './tuf.client.ts'
import { newKey, roleOf, TestRepository } from './tuf.repository.ts'
import { diskClient } from './tuf.server.ts'

/** `tuf-js` is asked the same of the same repository: both find the target, or both refuse. */
const path = 'app/stable/app.tar.zst'

const scenes: readonly (readonly [string, (repository: TestRepository) => void])[] = [
  ['is as it should be', () => {}],
  ['has a new root', (r) => r.nextRoot()],
  ['rotated all keys', rotated],
  ['trusts a role with it', (r) => delegated(r, ['app/stable/*'])],
  ['trusts a role with something else', (r) => delegated(r, ['app/nightly/*'])],
  ['trusts hash prefixes', (r) => delegated(r, undefined, '0123456789abcdef'.split(''))],
  ['states no hashes', unhashed],
  ['is not signed by enough', (r) => raiseThreshold(r)],
  ['shows an older timestamp', (r) => (r.bodies.timestamp.version = 0)],
  ['names an older snapshot', (r) => (r.bodies.snapshot.version = 0)],
  ['has expired', (r) => (r.bodies.timestamp.expires = '2026-01-01T00:00:00Z')],
  ['has an expired snapshot', (r) => (r.bodies.snapshot.expires = '2026-01-01T00:00:00Z')],
  ['has fields of its own', (r) => Object.assign(r.bodies.timestamp, { later: [1, { x: null }] })],
  ['is of another version of the spec', (r) => (r.bodies.timestamp.spec_version = '2.0.0')],
]

test.each(scenes)('when a repository %s, then tuf-js comes to the same end', async (_, change) => {
  const repository = new TestRepository(Date.now())
  repository.addArtifact('targets', path, 'bytes')
  repository.publish()
  const client = await diskClient(repository, Date.now())
  const oracle = await oracleOf(client)
  expect([await ours(client), await oracle()]).toStrictEqual([true, true])
  change(repository)
  repository.publish()
  const found = await ours(client)
  expect(await oracle()).toBe(found)
})

type Client = Awaited<ReturnType<typeof diskClient>>

async function ours(client: Client): Promise<boolean> {
  try {
    const trusted = await client.refresh()
    const store = await openTrustStore(join(client.dir, 'trust'))
    await store.memory()
    const driven = { http: client.http, store, metadataUrl: `${client.server.url}/metadata/`, signal: untouched() }
    return (await drive(findTarget(trusted, path), driven)) !== null
  } catch (error) {
    expect(problemOf(error).code).toMatch(/^E_METADATA_/)
    return false
  }
}

async function oracleOf({ dir, server }: Client): Promise<() => Promise<boolean>> {
  const metadataDir = join(dir, 'oracle')
  await mkdir(metadataDir)
  await writeFile(join(metadataDir, 'root.json'), await readFile(join(dir, 'pinned.root')))
  return async () => {
    const updater = new Updater({ metadataDir, metadataBaseUrl: `${server.url}/metadata` })
    return await updater.getTargetInfo(path).then(
      (target) => target !== undefined,
      () => false,
    )
  }
}

function rotated(repository: TestRepository): void {
  const before = repository.roles.root.keys
  for (const role of ['root', 'timestamp', 'snapshot', 'targets'] as const) repository.roles[role] = roleOf([newKey()])
  repository.nextRoot(before)
}

function delegated(repository: TestRepository, paths?: readonly string[], prefixes?: readonly string[]): void {
  const given = { ...(paths === undefined ? {} : { paths }), ...(prefixes === undefined ? {} : { prefixes }) }
  repository.delegate({ name: 'stable', by: 'targets', role: roleOf([newKey()]), ...given })
  repository.targetsOf('targets').targets = {}
  repository.addArtifact('stable', path, 'bytes')
}

function unhashed(repository: TestRepository): void {
  repository.hashed = false
}

function raiseThreshold(repository: TestRepository): void {
  repository.roles.targets.threshold = 2
  repository.nextRoot()
}

test('when a repository was made by @tufjs/repo-mock, then it is read', async () => {
  const target = { name: 'greeting.txt', content: Buffer.from('hello') }
  const mock = initializeTUFRepo([target])
  const repository = new TestRepository(Date.now())
  repository.files.clear()
  const put = (name: string, metadata: { toJSON(): unknown }) =>
    repository.files.set(name, Buffer.from(JSON.stringify(metadata.toJSON())))
  put('1.root.json', mock.rootMeta)
  put('timestamp.json', mock.timestampMeta)
  put('snapshot.json', mock.snapshotMeta)
  put('targets.json', mock.targetsMeta)
  expect(new MemoryClient(repository, Date.now()).find('greeting.txt', 'other')).toMatchObject([{ bytes: 5 }, null])
})
