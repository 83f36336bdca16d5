// needs: registry
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { componentNameSchema } from '../../src/core/model/names.ts'
import type { VerifiedRelease } from '../../src/core/model/release.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { fileCache } from '../../src/host/http/cache.ts'
import { testClient } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { openAdapters } from '../../src/main/adapters.ts'
import { systemHost } from '../../src/main/host.ts'
import { allKinds } from '../../src/main/kinds.ts'
import { allLoaders } from '../../src/main/loaders.ts'
import type { OpenStrategy } from '../../src/ports/adapters.ts'
import { type Installed, noPhases } from '../../src/ports/strategy.ts'
import { parseConfigValue } from '../../src/protocol/config/parse.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { fileLastChecks } from '../../src/storage/last-checks.ts'
import { fileNotifications } from '../../src/storage/notifications.ts'
import { fileLocks } from '../../src/storage/locks.ts'
import { prepareStateDir } from '../../src/storage/state-dir.ts'
import { startRegistry } from './oci-registry.servers.ts'

const app = componentNameSchema.parse('app')

interface Runs {
  /** The tag of the container's image. */
  readonly tag: string | null
  readonly version: string | null
}

/** The real engine, source and registry; what runs is written down, since no container is needed to decide. */
async function stage(runs: Runs, source: object = {}) {
  const registry = await startRegistry()
  const dir = await mkdtemp(join(tmpdir(), 'belay-oci-engine-'))
  const client = testClient()
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]()
    await registry[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })
  const config = {
    version: 1,
    components: {
      app: {
        source: { type: 'oci', image: `${registry.host}/app`, ...source },
        strategy: { type: 'compose', file: '/srv/compose.yml', service: 'app' },
        checks: { before: [], after: [] },
      },
    },
  }
  const stateDir = join(dir, 'state')
  prepareStateDir(stateDir)
  const { clock } = client
  const taken: VerifiedRelease[] = []
  const adapters = openAdapters(
    allLoaders({
      stateDir,
      clock,
      secrets: openSecrets({}),
      platform: { os: 'linux', arch: 'x64' },
      http: async () => client,
      cache: async () => fileCache(join(dir, 'cache')),
      allowHttp: ['127.0.0.1'],
      environment: { HOME: dir },
    }),
  )
  const engine = createEngine({
    settings: parseConfigValue(config, '/', await allKinds()),
    version: '1.0.0',
    stateDir,
    adapters: { ...adapters, strategy: async () => written(runs, taken, dir) },
    handlers: () => Promise.reject(new Error('nothing is run here')),
    journal: openJournal(stateDir, clock),
    locks: fileLocks(stateDir, clock),
    lastChecks: fileLastChecks(stateDir),
    notifications: async () => fileNotifications(stateDir, clock),
    clock,
    host: systemHost(),
    ballast: { ensure: () => {}, drop: () => {} },
    join,
  })
  onTestFinished(() => engine.close())
  return {
    registry,
    engine,
    /** The releases that the strategy was given, as `tag digest bytes`. */
    taken: () => taken.map(({ release, artifact }) => `${release.tag} ${artifact.digest} ${artifact.bytes}`),
    check: async () => (await engine.check([app], { force: true })).get(app),
  }
}

function written({ tag, version }: Runs, taken: VerifiedRelease[], dir: string): OpenStrategy {
  const installed: Installed = {
    state: 'compose',
    version,
    tree: '/srv/compose.yml',
    kept: [],
    service: null,
    probe: { component: 'app', spec: { type: 'none' }, dir, user: null, scheme: 'semver' },
    user: null,
    facts: { tag },
  }
  const no = () => Promise.reject(new Error('not asked for'))
  return {
    describe: 'what is written down',
    ahead: async () => {},
    inspect: async () => installed,
    contains: async () => false,
    files: async () => null,
    update: async (_, to) => {
      taken.push(to)
      return { ...noPhases, stop: 'never', downloads: false, paths: [dir] }
    },
    back: no,
    adopt: no,
    forget: no,
  }
}

test('when 1.0-alpine runs, then the newest -alpine of two numbers follows, pinned by its digest', async () => {
  const { registry, engine, taken, check } = await stage({ tag: '1.0-alpine', version: '1.0' })
  await registry.push('app', '1.0-alpine', 'old')
  const wanted = await registry.push('app', '1.1-alpine', 'new')
  await registry.tag('app', wanted.digest, ['1.2', '1.2.0', '2.0.0-alpine', 'latest', '1.2-rc1-alpine', '1.3-slim'])
  expect(await check()).toMatchObject({ latest: '1.1', update_available: true, relation: 'older', error: null })
  expect(await engine.plan(app, {})).toMatchObject({
    plan: { targets: [{ from: '1.0', to: '1.1' }], about: { downloadBytes: wanted.bytes, rung: 'checksum' } },
  })
  expect(taken()).toStrictEqual([`1.1-alpine ${wanted.digest} ${wanted.bytes}`])
})

test('when a person names a tag of another family, then that is what is planned', async () => {
  const { registry, engine, taken } = await stage({ tag: '1.0-alpine', version: '1.0' })
  const { digest, bytes } = await registry.push('app', '1.3-slim', 'slim')
  await engine.plan(app, { to: '1.3-slim' })
  expect(taken()).toStrictEqual([`1.3-slim ${digest} ${bytes}`])
})

test('when nothing that runs says its tag, then plain versions follow', async () => {
  const { registry, check } = await stage({ tag: null, version: '1.0' })
  const { digest } = await registry.push('app', '1.1-alpine', 'x')
  await registry.tag('app', digest, ['1.2', '1.2.3', '9.0-slim'])
  expect(await check()).toMatchObject({ latest: '1.2.3' })
})

test('when the config names a tag, then it is followed by its digest, though it looks like a version', async () => {
  const runs = { tag: '16', version: `16@sha256:${'f'.repeat(12)}` }
  const { registry, engine, taken, check } = await stage(runs, { tag: '16' })
  const { digest, bytes } = await registry.push('app', '16', 'rebuilt')
  await registry.tag('app', digest, ['17'])
  expect(await check()).toMatchObject({ latest: `16@${digest.slice(0, 19)}`, update_available: true })
  await engine.plan(app, {})
  expect(taken()).toStrictEqual([`16 ${digest} ${bytes}`])
})

test('when latest runs and is pushed again, then another digest is an update, and the same one is none', async () => {
  const runs = { tag: 'latest', version: `latest@sha256:${'f'.repeat(12)}` }
  const { registry, engine, taken, check } = await stage(runs)
  const { digest, bytes } = await registry.push('app', 'latest', 'new')
  await registry.tag('app', digest, ['9.0.0'])
  const to = `latest@${digest.slice(0, 19)}`
  expect(await check()).toMatchObject({ latest: to, update_available: true, relation: 'older' })
  expect(await engine.plan(app, {})).toMatchObject({ plan: { targets: [{ from: runs.version, to }] } })
  expect(taken()).toStrictEqual([`latest ${digest} ${bytes}`])
})

test('when what runs is the digest that latest names, then there is nothing to do', async () => {
  const runs = { tag: 'latest', version: '' }
  const { registry, engine, check } = await stage(runs, { tag: 'latest' })
  const { digest } = await registry.push('app', 'latest', 'one')
  runs.version = `latest@${digest.slice(0, 19)}`
  expect(await check()).toMatchObject({ update_available: false, relation: 'current', latest: runs.version })
  expect(await engine.plan(app, {})).toMatchObject({ current: { outcome: 'current' } })
})

test.each(['latest', 'develop', 'sha-abcdef1'])(
  'D9: when %s runs and its digest is not known, then it is unknown, and no update is offered',
  async (tag) => {
    const { registry, engine, check } = await stage({ tag, version: null })
    const { digest } = await registry.push('app', tag, 'one')
    await registry.tag('app', digest, ['1.0.0'])
    expect(await check()).toMatchObject({ update_available: false, relation: 'unknown', error: null })
    await expect(engine.plan(app, {})).rejects.toMatchObject({ problem: { code: 'E_VERSION_UNKNOWN' } })
  },
)

test('when a version is gone back to that is not kept, then it is pinned like any other', async () => {
  const { registry, engine, taken } = await stage({ tag: '1.1-alpine', version: '1.1' })
  const old = await registry.push('app', '1.0-alpine', 'old')
  const plain = await registry.push('app', '1.0', 'plain')
  await registry.tag('app', plain.digest, ['1.1-alpine'])
  await engine.planRollback(app, { to: '1.0' })
  expect(taken()).toStrictEqual([`1.0-alpine ${old.digest} ${old.bytes}`])
})
