import type { Spec } from '../../src/core/model/names.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { systemClock } from '../../src/host/clock.ts'
import { openAdapters } from '../../src/main/adapters.ts'
import { allLoaders } from '../../src/main/loaders.ts'
import type { OpenBackup } from '../../src/ports/adapters.ts'

/** A kind of data, opened as the engine opens it. */
export function openBackup(spec: Spec, env: Readonly<Record<string, string>> = {}): Promise<OpenBackup> {
  const none = () => Promise.reject(new Error('no network here'))
  const loaders = allLoaders({
    stateDir: '/nonexistent',
    clock: systemClock(),
    secrets: openSecrets(env),
    platform: { os: 'linux', arch: 'x64' },
    http: none,
    cache: none,
    allowHttp: [],
    environment: {},
  })
  return openAdapters(loaders).backup(spec)
}
