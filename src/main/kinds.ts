import { z } from 'zod'
import type { Named } from '../host/config/kinds-in.ts'
import type { ConfigRule } from '../protocol/config/finding.ts'
import type { Kinds } from '../protocol/config/schema.ts'
import { type KindSchemas, specOf } from '../protocol/config/spec.ts'

type SchemaLoaders = Readonly<Record<string, () => Promise<z.ZodType>>>

const services: SchemaLoaders = {
  none: async () => (await import('../services/none/schema.ts')).noServiceSchema,
  compose: async () => (await import('../services/compose/schema.ts')).composeServiceSchema,
  process: async () => (await import('../services/process/schema.ts')).processServiceSchema,
  systemd: async () => (await import('../services/systemd/schema.ts')).systemdServiceSchema,
}

/** Sources that stand alone; `oci` may ask one of them for notes. */
const releaseSources: SchemaLoaders = {
  github: async () => (await import('../sources/github/schema.ts')).githubConfigSchema,
  gitlab: async () => (await import('../sources/gitlab/schema.ts')).gitlabConfigSchema,
  gitea: async () => (await import('../sources/gitea/schema.ts')).giteaConfigSchema,
  http: async () => (await import('../sources/http/schema.ts')).httpConfigSchema,
}

/** A signed repository brings its own notes. */
const signedSources: SchemaLoaders = {
  belay: async () => (await import('../sources/belay/schema.ts')).belayConfigSchema,
}

/** Those that follow a branch have no notes of releases. */
const branchSources: SchemaLoaders = {
  'github-tree': async () => (await import('../sources/github-tree/schema.ts')).githubTreeSchema,
  git: async () => (await import('../sources/git/schema.ts')).gitConfigSchema,
}

const checks: SchemaLoaders = {
  disk_space: async () => (await import('../checks/disk-space/schema.ts')).diskSpaceSchema,
  backup_exists: async () => (await import('../checks/backup-exists/schema.ts')).backupExistsSchema,
  service_running: async () => (await import('../checks/service-running/schema.ts')).serviceRunningSchema,
  network: async () => (await import('../checks/network/schema.ts')).networkSchema,
  permissions: async () => (await import('../checks/permissions/schema.ts')).permissionsSchema,
  memory: async () => (await import('../checks/memory/schema.ts')).memorySchema,
  service_active: async () => (await import('../checks/service-active/schema.ts')).serviceActiveSchema,
  container_running: async () => (await import('../checks/container-running/schema.ts')).containerRunningSchema,
  health_endpoint: async () => (await import('../checks/health-endpoint/schema.ts')).healthEndpointSchema,
  tcp_port: async () => (await import('../checks/tcp-port/schema.ts')).tcpPortSchema,
  version_check: async () => (await import('../checks/version-check/schema.ts')).versionCheckSchema,
  command: async () => (await import('../checks/command/schema.ts')).commandCheckSchema,
}

const backups: SchemaLoaders = {
  path: async () => (await import('../backups/path/schema.ts')).pathBackupSchema,
  sqlite: async () => (await import('../backups/sqlite/schema.ts')).sqliteBackupSchema,
  volume: async () => (await import('../backups/volume/schema.ts')).volumeBackupSchema,
  postgres: async () => (await import('../backups/postgres/schema.ts')).postgresBackupSchema,
  mysql: async () => (await import('../backups/mysql/schema.ts')).mysqlBackupSchema,
}

const probes: SchemaLoaders = {
  file: async () => (await import('../probes/file/schema.ts')).fileProbeSchema,
  command: async () => (await import('../probes/command/schema.ts')).commandProbeSchema,
  http: async () => (await import('../probes/http/schema.ts')).httpProbeSchema,
  package: async () => (await import('../probes/package/schema.ts')).packageProbeSchema,
  none: async () => (await import('../probes/none/schema.ts')).noneProbeSchema,
  image: async () => (await import('../probes/image/schema.ts')).imageProbeSchema,
  tree: async () => (await import('../probes/tree/schema.ts')).treeProbeSchema,
  git: async () => (await import('../probes/git/schema.ts')).gitProbeSchema,
}

const traffic: SchemaLoaders = {
  nginx: async () => (await import('../traffic/nginx/schema.ts')).nginxSchema,
  haproxy: async () => (await import('../traffic/haproxy/schema.ts')).haproxySchema,
  none: async () => (await import('../traffic/none/schema.ts')).noTrafficSchema,
  builtin: async () => (await import('../traffic/builtin/schema.ts')).builtinSchema,
  socket: async () => (await import('../traffic/socket/schema.ts')).socketTrafficSchema,
  caddy: async () => (await import('../traffic/caddy/schema.ts')).caddySchema,
  command: async () => (await import('../traffic/command/schema.ts')).commandTrafficSchema,
}

const notifiers: SchemaLoaders = {
  email: async () => (await import('../notifiers/email/schema.ts')).emailSchema,
  slack: async () => (await import('../notifiers/slack/schema.ts')).slackSchema,
  discord: async () => (await import('../notifiers/discord/schema.ts')).discordSchema,
  webhook: async () => (await import('../notifiers/webhook/schema.ts')).webhookSchema,
  teams: async () => (await import('../notifiers/teams/schema.ts')).teamsSchema,
  ntfy: async () => (await import('../notifiers/ntfy/schema.ts')).ntfySchema,
  telegram: async () => (await import('../notifiers/telegram/schema.ts')).telegramSchema,
}

/** Rules about several places of a config at once, with the keys that they are about. */
const rules: readonly { readonly keys: readonly string[]; readonly load: () => Promise<ConfigRule> }[] = [
  { keys: ['hold', 'requires'], load: async () => (await import('../protocol/config/ranges.ts')).rangeFindings },
  { keys: ['window', 'every'], load: async () => (await import('../protocol/config/windows.ts')).windowFindings },
]

/**
 * Adapters' schemas by port and kind. A new adapter is one folder and one line here and in `loaders.ts`.
 * `named`: the kinds and keys that a config names. The code of the others stays unloaded, since a command that only reads starts
 * in a tenth of a second or not; their names are there for suggestions.
 */
export async function kindsFor({ kinds, keys }: Named): Promise<Kinds> {
  return assemble(
    (kind) => kinds.has(kind),
    (key) => keys.has(key),
  )
}

export async function allKinds(): Promise<Kinds> {
  const all = () => true
  return assemble(all, all)
}

/**
 * Kinds that take every spec as it is, and no rules: for a text that was checked before. Each spec is parsed again by
 * whoever opens its adapter.
 */
export function checkedKinds(): Kinds {
  const any = z.unknown()
  const names = (loaders: SchemaLoaders): KindSchemas =>
    Object.fromEntries(Object.keys(loaders).map((kind) => [kind, any]))
  return {
    services: names(services),
    sources: { ...names(releaseSources), ...names(signedSources), ...names(branchSources), oci: any },
    strategies: { directory: any, compose: any, files: any, git: any },
    checks: names(checks),
    backups: names(backups),
    probes: names(probes),
    notifiers: names(notifiers),
    traffic: names(traffic),
    rules: [],
  }
}

async function assemble(wanted: (kind: string) => boolean, about: (key: string) => boolean): Promise<Kinds> {
  // Asked of a kind that was not loaded, it must not pass.
  const unloaded = z.never({ error: 'this kind was not expected here' })
  const load = async (loaders: SchemaLoaders): Promise<KindSchemas> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(loaders).map(
          async ([kind, schema]) => [kind, wanted(kind) ? await schema() : unloaded] as const,
        ),
      ),
    )
  const [serviceKinds, trafficKinds, releaseKinds, signedKinds, branchKinds, oci, directory, compose, files, git] =
    await Promise.all([
      load(services),
      load(traffic),
      load(releaseSources),
      load(signedSources),
      load(branchSources),
      wanted('oci') ? import('../sources/oci/schema.ts') : null,
      import('../strategies/directory/schema.ts'),
      wanted('compose') ? import('../strategies/compose/schema.ts') : null,
      wanted('files') ? import('../strategies/files/schema.ts') : null,
      wanted('git') ? import('../strategies/git/schema.ts') : null,
    ])
  return {
    services: serviceKinds,
    sources: {
      ...releaseKinds,
      ...signedKinds,
      ...branchKinds,
      oci: oci?.ociSchema(specOf('releases', releaseKinds)) ?? unloaded,
    },
    strategies: {
      directory: directory.directorySchema(specOf('service', serviceKinds), specOf('traffic', trafficKinds)),
      compose: compose?.composeStrategySchema(specOf('traffic', trafficKinds)) ?? unloaded,
      files: files?.filesSchema(specOf('service', serviceKinds)) ?? unloaded,
      git: git?.gitStrategySchema(specOf('service', serviceKinds)) ?? unloaded,
    },
    checks: await load(checks),
    backups: await load(backups),
    probes: await load(probes),
    notifiers: await load(notifiers),
    traffic: trafficKinds,
    rules: await Promise.all(rules.filter(({ keys }) => keys.some(about)).map((rule) => rule.load())),
  }
}
