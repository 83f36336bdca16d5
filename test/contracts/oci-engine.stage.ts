import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { componentNameSchema } from '../../src/core/model/names.ts'
import type { VerifiedRelease } from '../../src/core/model/release.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { fileCache } from '../../src/host/http/cache.ts'
import { testClient } from '../../src/host/http/testing.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { openAdapters } from '../../src/main/adapters.ts'
import { selfRuns } from '../../src/main/self.ts'
import { systemHost } from '../../src/main/host.ts'
import { allKinds } from '../../src/main/kinds.ts'
import { allLoaders } from '../../src/main/loaders.ts'
import { allProvers } from '../../src/main/provers.ts'
import type { OpenStrategy } from '../../src/ports/adapters.ts'
import { type Installed, noPhases } from '../../src/ports/strategy.ts'
import { parseConfigValue } from '../../src/protocol/config/parse.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { fileLastChecks } from '../../src/storage/last-checks.ts'
import { fileNotifications } from '../../src/storage/notifications.ts'
import { fileRetiring } from '../../src/storage/retiring.ts'
import { fileLocks } from '../../src/storage/locks.ts'
import { prepareStateDir } from '../../src/storage/state-dir.ts'
import { startRegistry } from './oci-registry.servers.ts'

export const app = componentNameSchema.parse('app')

export interface Runs {
  /** The tag of the container's image. */
  readonly tag: string | null
  readonly version: string | null
}

/** The real engine, source and registry; what runs is written down, since no container is needed to decide. */
export async function stage(runs: Runs, source: object = {}, more: object = {}) {
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
        ...more,
      },
    },
  }
  const stateDir = join(dir, 'state')
  prepareStateDir(stateDir)
  const { clock } = client
  const taken: VerifiedRelease[] = []
  const deps = {
    stateDir,
    clock,
    secrets: openSecrets({}),
    platform: { os: 'linux', arch: 'x64' } as const,
    http: async () => client,
    cache: async () => fileCache(join(dir, 'cache')),
    allowHttp: ['127.0.0.1'],
    environment: { HOME: dir },
  }
  const adapters = openAdapters(allLoaders(deps))
  const [journal, locks] = [openJournal(stateDir, clock), fileLocks(stateDir, clock)]
  const settings = parseConfigValue(config, '/', await allKinds())
  const engine = createEngine({
    settings,
    version: '1.0.0',
    stateDir,
    adapters: { ...adapters, strategy: async () => written(runs, taken, dir) },
    manifests: () => Promise.reject(new Error('no manifest is found here')),
    handlers: () => Promise.reject(new Error('nothing is run here')),
    journal,
    locks,
    retiring: fileRetiring(stateDir),
    lastChecks: fileLastChecks(stateDir),
    notifications: async () => fileNotifications(stateDir, clock),
    witness: () => Promise.reject(new Error('no process is looked at here')),
    self: async () => selfRuns({ settings, stateDir, env: {} }),
    clock,
    host: systemHost(),
    provers: allProvers(deps),
    ballast: { ensure: () => {}, drop: () => {} },
    join,
  })
  onTestFinished(() => engine.close())
  return {
    registry,
    engine,
    journal,
    locks,
    verified: taken,
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
    trial: no,
    adopt: no,
    forget: no,
  }
}
