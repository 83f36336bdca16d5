import type { Digest, Spec } from '../model/names.ts'
import type { Scheme } from '../version/scheme.ts'

/** What a manifest is held against: the component as the config has it and as it stands on this host. */
export interface ManifestComponent {
  readonly name: string
  readonly aliases: readonly string[]
  /** Whether it is moved by images; all others are files. */
  readonly containers: boolean
  /** Where its files stand, absolute; null: it has none of its own. */
  readonly path: string | null
  /** Where backups may lie, absolute. */
  readonly backups: readonly string[]
  /** Whether there is something that can be stopped and started. */
  readonly hasService: boolean
  /** Names that its service goes by; empty: it goes by none. */
  readonly services: readonly string[]
  /** Names that its containers go by besides those. */
  readonly containerNames: readonly string[]
  /** The image that its source follows; null: no image. */
  readonly image: string | null
  readonly scheme: Scheme
  /** Whether its version can be read from what runs. */
  readonly hasVersion: boolean
  /** Checks and the probe of the local config: their addresses are the component's own. */
  readonly asked: readonly Spec[]
  /** Programs with their arguments, of the local config. */
  readonly prepare: readonly (readonly string[])[]
  readonly migrate: readonly (readonly string[])[]
  /** The component that `min_remote_version` speaks of; null: this host has none. */
  readonly remote: string | null
}

export interface ManifestRelease {
  readonly version: string
  readonly tag: string
  /** What is downloaded; null: nothing, as for a checkout. */
  readonly artifact: { readonly name: string; readonly url: string } | null
}

export type ManifestPath = readonly (string | number)[]

/** Why a manifest is not taken. `message` says what is wrong and what to write instead, without a full stop. */
export interface Reason {
  readonly path: ManifestPath
  readonly at: 'key' | 'value'
  readonly message: string
}

/** What a person is shown of an entry: what the manifest asks, and who does it. English. */
export interface AskedStep {
  readonly action: string
  /** What it is about: a file, a service; empty: nothing more to say. */
  readonly detail: string
  /** What of the built-in procedure does the same, or why nothing does. */
  readonly done: string
}

/** What an accepted manifest adds to an update. */
export interface AcceptedManifest {
  readonly kind: 'accepted'
  readonly steps: readonly AskedStep[]
  readonly rollback: readonly AskedStep[]
  /** Checks as the component's own are written, in the order of the manifest. */
  readonly before: readonly Spec[]
  readonly after: readonly Spec[]
  /** As the config's `requires`. */
  readonly requires: Readonly<Record<string, string>>
  /** What it says the download must be; null: it says nothing. */
  readonly digest: Digest | null
  readonly notes: readonly string[]
}

export interface RefusedManifest {
  readonly kind: 'refused'
  readonly reasons: readonly Reason[]
}

export type ManifestVerdict = AcceptedManifest | RefusedManifest

export function reason(path: ManifestPath, message: string, at: 'key' | 'value' = 'value'): Reason {
  return { path, at, message }
}

/** As it is shown and journaled: the manifest of a run, and what became of it. */
export interface PlanManifest {
  /** `missing`: none is published with the release. `unasked`: nobody could be asked for one. */
  readonly verdict: 'accepted' | 'refused' | 'missing' | 'unasked'
  /** Its file name and where it was read; null: there is none. */
  readonly name: string | null
  readonly url: string | null
  /** Of its bytes. */
  readonly digest: Digest | null
  /** Why it is refused, or why nobody could be asked: lines with file, line and column. */
  readonly reasons: readonly string[]
  readonly steps: readonly AskedStep[]
  readonly rollback: readonly AskedStep[]
  /** Checks that it asks for; those that the component does not have are steps of the plan. */
  readonly before: readonly Spec[]
  readonly after: readonly Spec[]
  readonly requires: Readonly<Record<string, string>>
}
