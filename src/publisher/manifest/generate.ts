import type { ManifestFacts } from '../../ports/manifest-tools.ts'
import { fail } from '../../core/model/problem.ts'

type Entry = Readonly<Record<string, string | number | boolean>>

interface Document {
  readonly head: Entry
  readonly lists: Readonly<Record<string, readonly Entry[]>>
}

/** A manifest in the words of the first ones, as YAML or JSON. E_USAGE: the facts do not suffice. */
export function generateManifest(facts: ManifestFacts, format: 'yaml' | 'json' = 'yaml'): string {
  const { version, type, component, minRemote } = facts
  const document: Document = {
    head: {
      version,
      component_type: type,
      ...(component === null ? {} : { component }),
      ...(minRemote === null ? {} : { min_remote_version: minRemote }),
    },
    lists: type === 'container' ? container(facts) : application(facts),
  }
  return format === 'json' ? `${JSON.stringify({ ...document.head, ...document.lists }, null, 2)}\n` : yaml(document)
}

function container(facts: ManifestFacts): Document['lists'] {
  const service = needed(facts.service, '--service, its name in the compose file')
  const image = needed(facts.image, '--image, such as ghcr.io/owner/app')
  const tag = facts.tag ?? facts.version
  return {
    pre_update_checks: [space(facts)],
    update_steps: [
      { action: 'backup_compose', description: 'Keep the compose file as it is' },
      { action: 'update_compose', service, image_tag: tag, description: 'Write the new tag' },
      { action: 'pull_image', image: `${image}:${tag}`, description: 'Pull the new image' },
      { action: 'restart_service', service, timeout_seconds: 30, description: 'Start the new version' },
    ],
    post_update_checks: [
      { type: 'container_running', container_name: service, description: 'The container runs' },
      ...health(facts),
      versionCheck(facts),
    ],
    rollback_steps: [
      { action: 'restore_compose', description: 'Put the compose file back' },
      { action: 'restart_service', service, description: 'Start the old version' },
    ],
  }
}

function application(facts: ManifestFacts): Document['lists'] {
  const path = needed(facts.path, '--path, where hosts have it installed')
  const { service, backups } = facts
  const turn = (action: 'stop_service' | 'start_service', description: string): readonly Entry[] =>
    service === null ? [] : [{ action, service_name: service, description }]
  return {
    pre_update_checks: [
      space(facts),
      ...(service === null ? [] : [{ type: 'service_running', service_name: service, description: 'It runs before' }]),
    ],
    update_steps: [
      ...download(facts),
      {
        action: 'backup_installation',
        source: path,
        destination: `${backups ?? path}/backup.TIMESTAMP.tar.gz`,
        description: 'Keep what is installed',
      },
      ...turn('stop_service', 'Stop the service'),
      ...extract(facts, path),
      ...inside(facts, path),
      ...turn('start_service', 'Start the new version'),
    ],
    post_update_checks: [
      ...(service === null
        ? []
        : [
            { type: 'service_active', service_name: service, timeout_seconds: 30, description: 'The service stays up' },
          ]),
      ...health(facts),
      versionCheck(facts),
    ],
    rollback_steps: [
      ...turn('stop_service', 'Stop the new version'),
      { action: 'restore_backup', source: 'latest_backup', destination: path, description: 'Put the old version back' },
      ...turn('start_service', 'Start the old version'),
    ],
  }
}

function download({ artifact }: ManifestFacts): readonly Entry[] {
  if (artifact === null || artifact.url === null) return []
  const checksum = artifact.sha256 === null ? {} : { checksum: `sha256:${artifact.sha256}` }
  return [{ action: 'download_artifact', url: artifact.url, ...checksum, description: 'Download the release' }]
}

function extract({ artifact }: ManifestFacts, path: string): readonly Entry[] {
  if (artifact === null) return []
  return [{ action: 'extract_artifact', archive: artifact.name, destination: path, description: 'Unpack it' }]
}

function inside({ requirements, migrations }: ManifestFacts, path: string): readonly Entry[] {
  const at = (file: string) => (file.startsWith('/') ? file : `${path}/${file}`)
  return [
    ...(requirements === null
      ? []
      : [
          { action: 'install_requirements', requirements_file: at(requirements), description: 'Install what it needs' },
        ]),
    ...(migrations === null
      ? []
      : [{ action: 'run_migrations', script: at(migrations), description: 'Bring the data to the new version' }]),
  ]
}

function space({ minimumMb }: ManifestFacts): Entry {
  return { type: 'disk_space', minimum_mb: minimumMb, description: 'Room for the new version' }
}

function health({ health }: ManifestFacts): readonly Entry[] {
  if (health === null) return []
  return [
    { type: 'health_endpoint', url: health, timeout_seconds: 60, expected_status: 200, description: 'It answers' },
  ]
}

function versionCheck({ version }: ManifestFacts): Entry {
  return { type: 'version_check', expected_version: version, description: 'The new version runs' }
}

function needed(value: string | null, what: string): string {
  if (value !== null) return value
  throw fail('E_USAGE', 'release manifest was not told enough.', { hint: `Say ${what}.` })
}

/** A text in double quotes is the same in YAML and in JSON. */
function yaml({ head, lists }: Document): string {
  const line = (entry: Entry) => Object.entries(entry).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  const list = (entries: readonly Entry[]) => entries.map((entry) => `  - ${line(entry).join('\n    ')}`)
  const parts = Object.entries(lists).map(([name, entries]) => [`${name}:`, ...list(entries)].join('\n'))
  return `${[line(head).join('\n'), ...parts].join('\n\n')}\n`
}
