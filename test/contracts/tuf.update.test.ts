import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openBelay } from '../../src/main/open.ts'
import { isoAt, newKey, roleOf, TestRepository } from './tuf.repository.ts'
import { served, temporaryFolder } from './tuf.server.ts'
import { versionArchive } from './version-archive.ts'

/** The whole way, from a signed repository to a running version, and what an attack leaves of it: the old one. */
const dayMs = 24 * 3_600_000

async function scene() {
  const nowMs = Date.now()
  const repository = new TestRepository(nowMs)
  const role = roleOf([newKey()])
  repository.delegate({ name: 'app-stable', by: 'targets', role, paths: ['app/stable/*'], terminating: true })
  const release = async (version: string, seq: number, more: object = {}) => {
    const fields = { product: 'app', channel: 'stable', version, seq, ...more }
    repository.addArtifact('app-stable', `app/stable/app-${version}.tar.gz`, await versionArchive(version), fields)
    repository.publish()
  }
  await release('1.0.0', 1)
  const { server } = await served(repository)
  const dir = await temporaryFolder()
  await writeFile(join(dir, 'root.json'), repository.files.get('1.root.json') ?? '')
  const config = {
    version: 1,
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      app: {
        source: { type: 'belay', url: server.url, root: 'root.json', product: 'app' },
        strategy: { type: 'directory', path: join(dir, 'app'), layout: 'slots' },
        version: { file: 'VERSION', scheme: 'semver' },
        checks: { before: [], after: [{ type: 'version_check' }] },
        trust: { require: 'tuf' },
      },
    },
  }
  // In a file: the path of the root is meant from its folder.
  await writeFile(join(dir, 'belay.yaml'), JSON.stringify(config))
  const belay = await openBelay({ config: join(dir, 'belay.yaml'), state: join(dir, 'state') })
  onTestFinished(() => belay.close())
  const running = () => readFile(join(dir, 'app/current/VERSION'), 'utf8')
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  expect(await running()).toBe('1.0.0')
  return { repository, release, belay, running, nowMs, role, config, dir }
}

test('when a signed release is newer, then it is installed, and the plan says that it is proven by TUF', async () => {
  const { release, belay, running } = await scene()
  await release('1.1.0', 2)
  expect(await belay.check({ force: true })).toMatchObject({ app: { latest: '1.1.0', update_available: true } })
  expect(JSON.stringify(await belay.plan('app'))).toContain('"rung":"tuf"')
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
  expect(await running()).toBe('1.1.0')
})

test('when the config names a channel that is not there, then it is said that nothing is offered, not that the version is unknown', async () => {
  const { config, dir, running } = await scene()
  const { app } = config.components
  const other = { ...config, components: { app: { ...app, source: { ...app.source, channel: 'beta' } } } }
  await writeFile(join(dir, 'other.yaml'), JSON.stringify(other))
  const belay = await openBelay({ config: join(dir, 'other.yaml'), state: join(dir, 'state') })
  onTestFinished(() => belay.close())
  expect(await belay.check({ force: true })).toMatchObject({ app: { latest: null, relation: 'unknown' } })
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_NO_RELEASE', hint: expect.stringContaining('channel') },
  })
  expect(await running()).toBe('1.0.0')
})

test('A7-1: when the release is signed by a stranger, then the old version runs, and the check says why', async () => {
  const { release, belay, running, role } = await scene()
  role.signers = [newKey()]
  await release('1.1.0', 2)
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_METADATA_UNSIGNED', message: expect.stringContaining('may sign as app-stable') },
  })
  expect(await belay.check({ force: true })).toMatchObject({ app: { error: { code: 'E_METADATA_UNSIGNED' } } })
  expect(await running()).toBe('1.0.0')
})

test('A7-1: when the archive was swapped for another, then the old version runs', async () => {
  const { release, belay, running, repository } = await scene()
  await release('1.1.0', 2)
  const evil = await versionArchive('6.6.6')
  for (const name of repository.artifacts.keys()) repository.artifacts.set(name, evil)
  const report = await belay
    .update('app')
    .catch((error: unknown) => ({ outcome: 'failed', problem: Reflect.get(Object(error), 'problem') }))
  expect(report).toMatchObject({ outcome: 'failed', problem: { code: 'E_CHECKSUM_MISMATCH' } })
  expect(await running()).toBe('1.0.0')
})

test('A7-14: when the metadata has expired, then the old version runs, nothing is installed, and a later check is well', async () => {
  const { release, belay, running, repository, nowMs } = await scene()
  repository.bodies.timestamp.expires = isoAt(nowMs - dayMs)
  await release('1.1.0', 2)
  await expect(belay.update('app')).rejects.toMatchObject({
    problem: { code: 'E_METADATA_EXPIRED', hint: expect.stringContaining('what is installed keeps running') },
  })
  expect(await running()).toBe('1.0.0')
  repository.bodies.timestamp.expires = isoAt(nowMs + dayMs)
  repository.publish()
  expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.1.0' })
})

test('A7-9: when yesterday’s metadata is shown again, then the old version runs, and the check says why', async () => {
  const { release, belay, running, repository } = await scene()
  const yesterday = repository.files.get('timestamp.json') ?? Buffer.alloc(0)
  await release('1.1.0', 2)
  await belay.check({ force: true })
  repository.files.set('timestamp.json', yesterday)
  await expect(belay.update('app')).rejects.toMatchObject({ problem: { code: 'E_METADATA_ROLLBACK' } })
  expect(await running()).toBe('1.0.0')
})

test('A7-37: when the floor was raised above an old release, then a way back to it is refused', async () => {
  const { release, belay, running } = await scene()
  await release('1.1.0', 2)
  await belay.update('app')
  await release('1.2.0', 3, { floor: 2 })
  await belay.update('app')
  await expect(belay.update('app', { to: '1.0.0' })).rejects.toMatchObject({ problem: { code: 'E_RELEASE_FLOORED' } })
  expect(await running()).toBe('1.2.0')
  expect(await belay.update('app', { to: '1.1.0' })).toMatchObject({ outcome: 'committed', to: '1.1.0' })
})
