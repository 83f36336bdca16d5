import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../host/clock.ts'
import { fileCache } from '../host/http/cache.ts'
import { httpClient } from '../host/http/client.ts'
import { httpPoster } from '../host/http/post.ts'
import { openSecrets } from '../host/secrets.ts'
import { openAdapters } from './adapters.ts'
import { allKinds } from './kinds.ts'
import { allLoaders } from './loaders.ts'
import { notifierLoaders } from './notifiers.ts'

const ports = ['sources', 'strategies', 'services', 'checks', 'backups', 'probes', 'notifiers'] as const
const src = resolve(import.meta.dirname, '..')

/** The kinds that have a folder, by the names that configs use. */
function foldersOf(port: string): readonly string[] {
  const names = readdirSync(join(src, port)).filter((name) => existsSync(join(src, port, name, 'index.ts')))
  // Checks are named as in the manifests of the seeds, sources as the config spells them.
  return names.map((name) => (port === 'checks' ? name.replaceAll('-', '_') : name)).toSorted()
}

const clock = systemClock()
const secrets = openSecrets({})
const allowHttp: readonly string[] = []
const poster = httpPoster({ allowHttp, version: 'test', clock, environment: {} })
const adapterLoaders = allLoaders({
  stateDir: '/state',
  clock,
  secrets,
  platform: { os: 'linux', arch: 'x64' },
  http: async () => httpClient({ allowHttp: [], version: 'test', clock }),
  cache: async () => fileCache('/state/cache'),
  allowHttp: [],
  environment: {},
})
const loaders = { ...adapterLoaders, notifiers: notifierLoaders({ poster, secrets, clock, allowHttp }) }

describe.each(ports)('%s', (port) => {
  test('when a kind has a folder, then it has a line in both maps, and no line is without one', async () => {
    const folders = foldersOf(port)
    expect(folders.length).toBeGreaterThan(0)
    expect(Object.keys(loaders[port]).toSorted()).toEqual(folders)
    expect(Object.keys((await allKinds())[port]).toSorted()).toEqual(folders)
  })

  test('when a kind is loaded, then it calls itself what the maps call it', async () => {
    for (const [name, load] of Object.entries(loaders[port])) expect((await load()).kind).toBe(name)
  })

  test('when a config is checked, then it is by the very schema that its adapter opens it with', async () => {
    // These are made anew each time, since they hold other adapters' schemas.
    if (port === 'strategies') return
    const schemas = (await allKinds())[port]
    for (const [name, load] of Object.entries(loaders[port])) {
      if (name !== 'oci') expect((await load()).config, name).toBe(schemas[name])
    }
  })
})

describe('opening', () => {
  const adapters = openAdapters(loaders)

  test('when a plan names a kind that this version does not know, then it says which ones it knows', async () => {
    await expect(adapters.check({ type: 'horoscope' })).rejects.toMatchObject({
      problem: { code: 'E_CONFIG_INVALID', hint: expect.stringContaining('disk_space') },
    })
    await expect(adapters.check({ type: 'constructor' })).rejects.toMatchObject({
      problem: { code: 'E_CONFIG_INVALID' },
    })
  })

  test('when a spec does not fit its adapter, then the place is named', async () => {
    await expect(adapters.check({ type: 'tcp_port', port: 'http' })).rejects.toThrow(/tcp_port: port /)
  })

  test('when a spec fits, then it can be described', async () => {
    expect((await adapters.source({ type: 'github', repo: 'a/b' })).describe).toBe('github a/b')
    const service = await adapters.service({ component: 'app', spec: { type: 'none' }, cwd: '/', user: null })
    expect(service).toMatchObject({ describe: 'no service', resource: null, guard: null })
  })
})
