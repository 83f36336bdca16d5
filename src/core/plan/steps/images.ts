import type { Digest, Spec } from '../../model/names.ts'
import type { StepBase } from './base.ts'

/** Images of containers, and the files that name them. */

/**
 * Brings an image by its digest while the old version runs, and proves that this very one came.
 * `engine`: its address, as DOCKER_HOST spells it. `repository`: `ghcr.io/o/app`. `source`: whose credentials are used.
 */
export interface PullStep extends StepBase {
  readonly kind: 'pull'
  readonly engine: string
  readonly repository: string
  readonly digest: Digest
  readonly statedBy: string | null
  readonly source: Spec
  /** Compressed layers, null where the registry does not say. */
  readonly bytes: number | null
  /** It comes from a bundle, which is `digest` by its list, and is called `name` from then on: no engine makes a name by digest of it. */
  readonly from?: { readonly file: string; readonly digest: Digest; readonly name: string }
}

/** Points the local name `to` at the image that `from` (a name, `repo@digest` or an image id) names. */
export interface TagStep extends StepBase {
  readonly kind: 'tag'
  readonly engine: string
  readonly from: string
  readonly to: string
  /** The image id that `to` named before; null: none, and `undo` takes the name away again. */
  readonly previous: string | null
}

/** The one scalar of a file that says an image, or a version of it: of a service in a compose file, of a variable in an environment file. */
export type EditPlace =
  | { readonly kind: 'yaml'; readonly service: string }
  | { readonly kind: 'env'; readonly variable: string }

/**
 * Changes one scalar of a text file and nothing else. `from` and `to` are as they are written, quotes included; the place
 * is found again in whatever the file is by then. `temporary` lies beside the file.
 */
export interface EditStep extends StepBase {
  readonly kind: 'edit'
  readonly path: string
  readonly place: EditPlace
  readonly from: string
  readonly to: string
  readonly temporary: string
  /** The file is mounted by itself into a container, which would go on seeing the old one after a rename. */
  readonly inPlace: boolean
  /** Both texts, while the file itself is written: lies in the run's folder. */
  readonly saved: string
}

/** Takes old images away: all but the `keep` newest ones kept under `belay.local/<component>`, never one in use. */
export interface PruneImagesStep extends StepBase {
  readonly kind: 'prune-images'
  readonly engine: string
  readonly component: string
  readonly repository: string
  readonly keep: number
}
