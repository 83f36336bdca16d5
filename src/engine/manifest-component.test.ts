import { expect, test } from 'vitest'
import type { ManifestComponent } from '../core/manifest/facts.ts'
import type { Opened } from './component.ts'
import { manifestComponent } from './manifest-component.ts'
import type { EnginePorts } from './ports.ts'

/** What the config of a component comes to, with others beside it. */
function component(settings: object, others: object = {}, names: readonly string[] = []): ManifestComponent {
  const own = {
    aliases: [],
    checks: { before: null, after: null },
    backups: { path: [] },
    source: { type: 'github', repo: 'o/app' },
    version: { probe: { type: 'none' }, scheme: 'semver' },
    ...settings,
  }
  const ports = {
    stateDir: '/state',
    join: (...parts: string[]) => parts.join('/'),
    settings: { components: new Map(Object.entries(others)) },
  }
  const installed = { service: names.length === 0 ? null : { state: { names } }, probe: { spec: { type: 'none' } } }
  return manifestComponent(
    ports as unknown as EnginePorts,
    { name: 'app', settings: own, installed } as unknown as Opened,
  )
}

const directory = { type: 'directory', path: '/opt/app' }

test.each([
  [{ type: 'systemd', unit: 'app.service' }, true, ['app.service']],
  [{ type: 'windows', name: 'App' }, true, ['App']],
  [{ type: 'process', command: ['./run'] }, true, ['app']],
  [{ type: 'none' }, false, []],
  [undefined, false, []],
])('when its service is %j, then a manifest may name it so', (service, hasService, services) => {
  const strategy = service === undefined ? directory : { ...directory, service }
  expect(component({ strategy })).toMatchObject({ containers: false, path: '/opt/app', hasService, services })
})

test('when it is a service of a compose file, then its own services, containers and image are what it goes by', () => {
  const strategy = { type: 'compose', file: '/srv/compose.yaml', service: ['web', 'worker'] }
  const source = { type: 'oci', image: 'ghcr.io/o/app' }
  expect(component({ strategy, source }, {}, ['srv-web-1', 'srv-worker-1'])).toMatchObject({
    containers: true,
    path: null,
    hasService: true,
    services: ['web', 'worker'],
    containerNames: ['srv-web-1', 'srv-worker-1'],
    image: 'ghcr.io/o/app',
  })
  expect(component({ strategy: { ...strategy, service: 'web' }, source })).toMatchObject({ services: ['web'] })
})

test('when it says what is run and asked, then that is what a manifest may speak of', () => {
  const after = [{ type: 'health_endpoint', url: 'http://localhost:5000/health' }]
  const probe = { type: 'http', http: 'http://localhost:5001/', json: '/version' }
  const found = component({
    strategy: { ...directory, prepare: [['npm', 'ci']], migrate: [['scripts/migrate.sh']] },
    checks: { before: null, after },
    version: { probe, scheme: 'pep440' },
    backups: { path: ['/srv/backups'] },
  })
  expect(found).toMatchObject({ prepare: [['npm', 'ci']], migrate: [['scripts/migrate.sh']], scheme: 'pep440' })
  expect(found).toMatchObject({ asked: [...after, probe], hasVersion: true, backups: ['/srv/backups'] })
  expect(component({ strategy: directory })).toMatchObject({
    prepare: [],
    asked: [{ type: 'none' }],
    hasVersion: false,
    backups: ['/state/backups', '/var/backups/belay', '/opt/.backups'],
  })
})

test.each([
  [{ remote: { aliases: [] } }, 'remote'],
  [{ 'dunebugger-remote': { aliases: ['remote'] } }, 'dunebugger-remote'],
  [{ other: { aliases: [] } }, null],
])('when the components are %j, then min_remote_version speaks of %s', (others, remote) => {
  expect(component({ strategy: directory }, others).remote).toBe(remote)
})
