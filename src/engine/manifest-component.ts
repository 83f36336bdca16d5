import type { ManifestComponent } from '../core/manifest/facts.ts'
import type { Spec } from '../core/model/names.ts'
import type { Json } from '../core/model/problem.ts'
import { backupPlaces, type Opened } from './component.ts'
import type { EnginePorts } from './ports.ts'

/** What `min_remote_version` speaks of, in the words of the manifests that have it. */
const remoteName = 'remote'

/** What of a component its manifest may name: all of it from the local config, and from what stands here. */
export function manifestComponent(ports: EnginePorts, { name, settings, installed }: Opened): ManifestComponent {
  const { strategy, source, version, checks } = settings
  const containers = strategy.type === 'compose'
  const path = strategy['path']
  const services = containers ? texts(strategy['service']) : serviceNames(name, strategy['service'])
  return {
    name,
    aliases: settings.aliases,
    containers,
    path: containers || typeof path !== 'string' ? null : path,
    backups: backupPlaces(ports, settings),
    hasService: services !== null,
    services: services ?? [],
    containerNames: installed.service?.state.names ?? [],
    image: source.type === 'oci' && typeof source['image'] === 'string' ? source['image'] : null,
    scheme: version.scheme,
    hasVersion: version.probe.type !== 'none' || installed.probe.spec.type !== 'none',
    asked: [...(checks.before ?? []), ...(checks.after ?? []), version.probe],
    prepare: commands(strategy['prepare']),
    migrate: commands(strategy['migrate']),
    remote: remoteComponent(ports),
  }
}

/** null: there is none. One that goes by no name of its own goes by that of its component. */
function serviceNames(name: string, service: Json | undefined): readonly string[] | null {
  if (!isSpec(service) || service.type === 'none') return null
  const known = [service['unit'], service['name']].filter((text) => typeof text === 'string')
  return known.length > 0 ? known : [name]
}

function isSpec(value: Json | undefined): value is Spec {
  return typeof value === 'object' && value !== null && 'type' in value
}

function texts(value: Json | undefined): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string')
}

function commands(value: Json | undefined): readonly (readonly string[])[] {
  return Array.isArray(value) ? value.map((argv: Json) => texts(argv)) : []
}

function remoteComponent({ settings }: EnginePorts): string | null {
  if ([...settings.components.keys()].some((name) => name === remoteName)) return remoteName
  const found = [...settings.components].find(([, { aliases }]) => aliases.includes(remoteName))
  return found?.[0] ?? null
}
