import type { ManifestComponent, ManifestRelease } from '../../manifest/facts.ts'
import type { Spec } from '../../model/names.ts'
import type { Scheme } from '../../version/scheme.ts'
import type { StepBase } from './base.ts'
import type { CheckStep } from './services.ts'

/**
 * A manifest that may lie inside the archive, where nobody can look before it is unpacked. Phase `before`: it is judged
 * and its checks of that phase are asked; what it is goes into `kept`. Phase `after`: those of the new version are asked.
 */
export interface ManifestStep extends StepBase {
  readonly kind: 'manifest'
  /** The new tree, as it was unpacked. */
  readonly tree: string
  readonly kept: string
  readonly required: boolean
  readonly release: ManifestRelease
  readonly component: ManifestComponent
  /** Versions that the config and what stands here gave to what `requires` may name, when the plan was made. */
  readonly present: Readonly<Record<string, { readonly version: string | null; readonly scheme: Scheme }>>
  /** Checks that are not asked: there is nothing installed that could meet them. */
  readonly skip: readonly string[]
  /** What is asked of this phase anyway. */
  readonly own: readonly Spec[]
  /** What a check of it is about. */
  readonly subject: Omit<CheckStep, 'kind' | 'phase' | 'detail' | 'check'>
}
