import type { ComponentType } from '../core/manifest/manifest.ts'

/** What a publisher knows of a release and of the hosts that it is for. null: not said. */
export interface ManifestFacts {
  readonly version: string
  /** As it is tagged; null: the version, or `v` and the version, both fit. */
  readonly tag: string | null
  readonly type: ComponentType
  readonly component: string | null
  /** The file that hosts download. `sha256` in hex. */
  readonly artifact: { readonly name: string; readonly url: string | null; readonly sha256: string | null } | null
  /** Where hosts have it installed. */
  readonly path: string | null
  readonly backups: string | null
  /** Its systemd unit, or its service in the compose file. */
  readonly service: string | null
  /** Without a tag. */
  readonly image: string | null
  readonly requirements: string | null
  readonly migrations: string | null
  readonly health: string | null
  readonly minRemote: string | null
  readonly minimumMb: number
}

/** The publisher's side of update manifests. */
export interface ManifestTools {
  /** The text of a manifest that says what the facts say. E_USAGE: they do not suffice. */
  generate(facts: ManifestFacts, format: 'yaml' | 'json'): string
  /** Why a host as the facts have it would refuse it: lines with file, line and column; none: it would not. */
  validate(bytes: Uint8Array, name: string, facts: ManifestFacts): readonly string[]
}
