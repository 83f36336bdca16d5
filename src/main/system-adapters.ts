import { join } from 'node:path'
import { openSecrets } from '../host/secrets.ts'
import type { Adapters } from '../ports/adapters.ts'
import type { Clock } from '../ports/clock.ts'
import { openAdapters } from './adapters.ts'
import type { AdapterDeps } from './deps.ts'
import { allLoaders } from './loaders.ts'
import { once } from './once.ts'
import { version } from './version.ts'

export interface AdapterWiring {
  readonly stateDir: string
  readonly allowHttp: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/** Every adapter on this machine, loaded at first use. */
export function systemAdapters(wiring: AdapterWiring): Adapters {
  return openAdapters(allLoaders(adapterDeps(wiring)))
}

/** What they are made from on this machine. */
export function adapterDeps({ stateDir, allowHttp, env, clock }: AdapterWiring): AdapterDeps {
  return {
    stateDir,
    clock,
    secrets: openSecrets(env),
    platform: { os: process.platform, arch: process.arch },
    http: once(async () =>
      (await import('../host/http/client.ts')).httpClient({ allowHttp, version, clock, environment: env }),
    ),
    cache: once(async () => (await import('../host/http/cache.ts')).fileCache(join(stateDir, 'cache'))),
    allowHttp,
    environment: env,
  }
}
