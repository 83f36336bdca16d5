import type { ManifestComponent, ManifestRelease } from '../../core/manifest/facts.ts'
import type { Spec } from '../../core/model/names.ts'
import { judgeManifestBytes } from '../../host/manifest/judge.ts'
import { readManifest } from '../../host/manifest/read.ts'
import type { ManifestFacts } from '../../ports/manifest-tools.ts'
import { isMap } from '../../protocol/config/finding.ts'

/**
 * Why a host would refuse it, by the very judge that hosts have. What the facts leave out is taken from the manifest
 * itself, so that it can still contradict itself: two services, two folders, another file than is unpacked.
 */
export function validateManifest(bytes: Uint8Array, name: string, facts: ManifestFacts): readonly string[] {
  const value = valueIn(bytes, name)
  const entries = entriesOf(value)
  const verdict = judgeManifestBytes(bytes, name, releaseOf(facts, entries), hostFor(facts, value, entries))
  if (verdict.kind === 'refused') return verdict.reasons
  const { artifact } = facts
  if (artifact === null || artifact.sha256 === null || verdict.digest === null) return []
  if (verdict.digest === `sha256:${artifact.sha256}`) return []
  return [`${name}: the checksum is not that of ${artifact.name}, which is sha256:${artifact.sha256}`]
}

function valueIn(bytes: Uint8Array, name: string): unknown {
  const read = readManifest(bytes, name)
  return 'faults' in read ? null : read.value
}

function releaseOf({ version, tag, artifact }: ManifestFacts, entries: readonly Entry[]): ManifestRelease {
  const url = firstText(entries, 'download_artifact', 'url') ?? ''
  const named = firstText(entries, 'extract_artifact', 'archive') ?? URL.parse(url)?.pathname.split('/').at(-1) ?? null
  const own = named === null ? null : { name: named, url }
  return {
    version,
    tag: tag ?? version,
    artifact: artifact === null ? own : { name: artifact.name, url: artifact.url ?? url },
  }
}

/** A host that has everything which the manifest may speak of. */
function hostFor(facts: ManifestFacts, value: unknown, entries: readonly Entry[]): ManifestComponent {
  const containers = facts.type === 'container'
  const path = facts.path ?? firstText(entries, 'extract_artifact', 'destination') ?? '/opt/app'
  const service = facts.service ?? firstText(entries, null, containers ? 'service' : 'service_name')
  const health = facts.health ?? firstText(entries, 'health_endpoint', 'url')
  const files = (action: string, key: string) => textsOf(entries, action, key).map((file) => [file])
  return {
    name: facts.component ?? textAt(value, 'component') ?? 'the component',
    aliases: [],
    containers,
    path: containers ? null : path,
    backups: facts.backups === null ? textsOf(entries, 'backup_installation', 'destination') : [facts.backups],
    hasService: service !== null,
    services: service === null ? [] : [service],
    containerNames: textsOf(entries, 'container_running', 'container_name'),
    image: facts.image ?? imageIn(entries),
    scheme: 'loose',
    hasVersion: true,
    asked: health === null ? [] : [{ type: 'health_endpoint', url: health } satisfies Spec],
    prepare: facts.requirements === null ? files('install_requirements', 'requirements_file') : [[facts.requirements]],
    migrate: facts.migrations === null ? files('run_migrations', 'script') : [[facts.migrations]],
    remote: 'remote',
  }
}

type Entry = Readonly<Record<string, unknown>>

function entriesOf(value: unknown): readonly Entry[] {
  if (!isMap(value)) return []
  return Object.values(value).flatMap((list) => (Array.isArray(list) ? list.filter(isMap) : []))
}

function textsOf(entries: readonly Entry[], kind: string | null, key: string): readonly string[] {
  return entries
    .filter((entry) => kind === null || entry['action'] === kind || entry['type'] === kind)
    .map((entry) => entry[key])
    .filter((text) => typeof text === 'string')
}

function firstText(entries: readonly Entry[], kind: string | null, key: string): string | null {
  return textsOf(entries, kind, key)[0] ?? null
}

function textAt(value: unknown, key: string): string | null {
  const text = isMap(value) ? value[key] : null
  return typeof text === 'string' ? text : null
}

function imageIn(entries: readonly Entry[]): string | null {
  return (
    firstText(entries, 'pull_image', 'image')
      ?.replace(/@.*$/, '')
      .replace(/:[^:/]*$/, '') ?? null
  )
}
