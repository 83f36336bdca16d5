import type { ManifestComponent, ManifestRelease } from './facts.ts'

/** The two kinds of components that the first manifests were written for, as a host of today has them. */

export const coreComponent: ManifestComponent = {
  name: 'core',
  aliases: ['dunebugger-core'],
  containers: false,
  path: '/opt/dunebugger/core',
  backups: ['/opt/dunebugger/backups'],
  hasService: true,
  services: ['dunebugger'],
  containerNames: [],
  image: null,
  scheme: 'semver',
  hasVersion: true,
  asked: [{ type: 'health_endpoint', url: 'http://127.0.0.1:5000/health' }],
  prepare: [['.venv/bin/python', '-m', 'pip', 'install', '-r', 'requirements.txt']],
  migrate: [['scripts/migrate.sh', '--all']],
  remote: 'remote',
}

export const schedulerComponent: ManifestComponent = {
  ...coreComponent,
  name: 'scheduler',
  aliases: ['dunebugger-scheduler'],
  containers: true,
  path: null,
  services: ['scheduler'],
  containerNames: ['dunebugger-scheduler-1'],
  image: 'ghcr.io/marco-svitol/dunebugger-scheduler',
  asked: [{ type: 'health_endpoint', url: 'http://localhost:8080/health' }],
  prepare: [],
  migrate: [],
}

export const coreRelease: ManifestRelease = {
  version: '1.2.0',
  tag: 'v1.2.0',
  artifact: {
    name: 'dunebugger-1.2.0.tar.gz',
    url: 'https://github.com/marco-svitol/dunebugger/releases/download/v1.2.0/dunebugger-1.2.0.tar.gz',
  },
}

export const schedulerRelease: ManifestRelease = {
  version: '1.1.0',
  tag: '1.1.0',
  artifact: { name: 'ghcr.io/marco-svitol/dunebugger-scheduler:1.1.0', url: 'https://ghcr.io/v2/x/manifests/1.1.0' },
}
