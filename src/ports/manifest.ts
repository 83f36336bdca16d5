import type { AcceptedManifest, ManifestComponent, ManifestRelease } from '../core/manifest/facts.ts'

/** An update manifest as it was found with a release. */
export interface FoundManifest {
  readonly name: string
  readonly from: 'asset' | 'repository'
  /** Where it was read, for people. */
  readonly url: string
  readonly bytes: Uint8Array
}

export type JudgedManifest = AcceptedManifest | { readonly kind: 'refused'; readonly reasons: readonly string[] }

/** Reads and judges; loaded with the first manifest that is found. Pure: the same bytes get the same verdict. */
export type JudgeManifest = (
  bytes: Uint8Array,
  name: string,
  release: ManifestRelease,
  component: ManifestComponent,
) => JudgedManifest
