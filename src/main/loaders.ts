import { join } from 'node:path'
import type { AdapterLoaders } from './adapters.ts'
import type { AdapterDeps } from './deps.ts'
import { once } from './once.ts'
import { serviceProgram } from './program-file.ts'
import { anySpec } from './specs.ts'
import { version } from './version.ts'

/** The code behind every kind, loaded at first use. */
export function allLoaders(deps: AdapterDeps): AdapterLoaders {
  const { stateDir, clock, secrets, platform } = deps
  const web = async () => ({ http: await deps.http(), cache: await deps.cache(), secrets, clock, platform })
  const repositories = async () =>
    (await import('../host/git/cache.ts')).gitCaches(join(stateDir, 'cache', 'git'), clock)
  const releases: AdapterLoaders['sources'] = {
    github: async () => (await import('../sources/github/index.ts')).githubSource(await web()),
    gitlab: async () => (await import('../sources/gitlab/index.ts')).gitlabSource(await web()),
    gitea: async () => (await import('../sources/gitea/index.ts')).giteaSource(await web()),
    http: async () => (await import('../sources/http/index.ts')).httpSource(await web()),
  }
  return {
    sources: {
      ...releases,
      // One for all components: those of one repository ask it in turns.
      belay: once(async () => {
        const { belaySource } = await import('../sources/belay/index.ts')
        return belaySource({ ...(await web()), trustDir: join(stateDir, 'trust'), version })
      }),
      'github-tree': async () => (await import('../sources/github-tree/index.ts')).githubTreeSource(await web()),
      git: async () => {
        const { gitSource } = await import('../sources/git/index.ts')
        return gitSource({ caches: await repositories(), secrets, clock, allowHttp: deps.allowHttp })
      },
      // One for all components: tokens and answers are shared.
      oci: once(async () => (await import('./oci.ts')).openOci(deps, releases)),
    },
    bundle: async () => (await import('./bundles.ts')).openBundles(deps, allLoaders),
    strategies: {
      directory: async () => {
        const { directoryStrategy } = await import('../strategies/directory/index.ts')
        // The service's own schema was asked when the config was read, and is again when the service is opened.
        return directoryStrategy(anySpec, anySpec)
      },
      compose: async () => (await import('../strategies/compose/index.ts')).composeStrategy(anySpec),
      files: async () => (await import('../strategies/files/index.ts')).filesStrategy(anySpec),
      git: async () => (await import('../strategies/git/index.ts')).gitStrategy(anySpec, await repositories()),
    },
    services: {
      none: async () => (await import('../services/none/index.ts')).noServices(),
      compose: async () => (await import('../services/compose/index.ts')).composeServices(),
      process: async () => (await import('../services/process/index.ts')).processServices({ stateDir, clock }),
      systemd: async () => (await import('../services/systemd/index.ts')).systemdServices(),
    },
    checks: {
      disk_space: async () => (await import('../checks/disk-space/index.ts')).diskSpaceCheck(),
      backup_exists: async () => (await import('../checks/backup-exists/index.ts')).backupExistsCheck(),
      service_running: async () => (await import('../checks/service-running/index.ts')).serviceRunningCheck(),
      network: async () => (await import('../checks/network/index.ts')).networkCheck(),
      permissions: async () => (await import('../checks/permissions/index.ts')).permissionsCheck(),
      memory: async () => (await import('../checks/memory/index.ts')).memoryCheck(),
      container_running: async () => (await import('../checks/container-running/index.ts')).containerRunningCheck(),
      service_active: async () => (await import('../checks/service-active/index.ts')).serviceActiveCheck(),
      health_endpoint: async () => (await import('../checks/health-endpoint/index.ts')).healthEndpointCheck(),
      tcp_port: async () => (await import('../checks/tcp-port/index.ts')).tcpPortCheck(),
      version_check: async () => (await import('../checks/version-check/index.ts')).versionCheck(),
      command: async () => (await import('../checks/command/index.ts')).commandCheck(),
    },
    backups: {
      path: async () => (await import('../backups/path/index.ts')).pathBackup(),
      sqlite: async () => (await import('../backups/sqlite/index.ts')).sqliteBackup(),
      volume: async () => (await import('../backups/volume/index.ts')).volumeBackup({ environment: deps.environment }),
      postgres: async () => (await import('../backups/postgres/index.ts')).postgresBackup(deps),
      mysql: async () => (await import('../backups/mysql/index.ts')).mysqlBackup(deps),
    },
    probes: {
      file: async () => (await import('../probes/file/index.ts')).fileProbe(),
      git: async () => (await import('../probes/git/index.ts')).gitProbe(),
      command: async () => (await import('../probes/command/index.ts')).commandProbe(),
      http: async () => (await import('../probes/http/index.ts')).httpProbe(),
      package: async () => (await import('../probes/package/index.ts')).packageProbe(),
      none: async () => (await import('../probes/none/index.ts')).noneProbe(),
      image: async () => (await import('../probes/image/index.ts')).imageProbe(),
      tree: async () => (await import('../probes/tree/index.ts')).treeProbe(),
    },
    traffic: {
      nginx: async () => (await import('../traffic/nginx/index.ts')).nginxTraffic(),
      haproxy: async () => (await import('../traffic/haproxy/index.ts')).haproxyTraffic(),
      none: async () => (await import('../traffic/none/index.ts')).noTraffic(),
      builtin: async () => {
        const { builtinTraffic } = await import('../traffic/builtin/index.ts')
        return builtinTraffic({ stateDir, program: serviceProgram(stateDir, 'other').argv })
      },
      socket: async () => (await import('../traffic/socket/index.ts')).socketTraffic(),
      caddy: async () => (await import('../traffic/caddy/index.ts')).caddyTraffic(),
      command: async () => (await import('../traffic/command/index.ts')).commandTraffic(clock),
    },
  }
}
