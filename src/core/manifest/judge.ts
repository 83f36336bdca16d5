import { sameVersion } from '../version/compare.ts'
import { judgeCheck } from './checks.ts'
import {
  type AskedStep,
  type ManifestComponent,
  type ManifestRelease,
  type ManifestVerdict,
  type Reason,
  reason,
} from './facts.ts'
import type { Manifest, ManifestAction } from './manifest.ts'
import { orderReasons } from './order.ts'
import { judgeStep } from './steps.ts'

/**
 * Parties: whoever can publish a release, or change one, and a host that must not do what it says. A manifest is a
 * description that is held against the release and the config of this host. It can add checks and requirements, which
 * make an update harder and never easier; it can never name another thing to be touched, nor anything to be run.
 */
export function judgeManifest(
  manifest: Manifest,
  release: ManifestRelease,
  component: ManifestComponent,
): ManifestVerdict {
  const checks = (list: 'pre_update_checks' | 'post_update_checks') =>
    judged(manifest[list], (check, index) => judgeCheck(check, [list, index], component, release))
  const steps = (list: 'update_steps' | 'rollback_steps') =>
    judged<ManifestAction, AskedStep>(manifest[list], (step, index) =>
      judgeStep(step, [list, index], component, release),
    )
  const before = checks('pre_update_checks')
  const after = checks('post_update_checks')
  const update = steps('update_steps')
  const rollback = steps('rollback_steps')
  const reasons = [
    ...headReasons(manifest, release, component),
    ...before.reasons,
    ...update.reasons,
    ...orderReasons('update_steps', manifest.update_steps),
    ...after.reasons,
    ...rollback.reasons,
    ...orderReasons('rollback_steps', manifest.rollback_steps),
  ]
  if (reasons.length > 0) return { kind: 'refused', reasons }
  const download = manifest.update_steps.find((step) => step.action === 'download_artifact')
  return {
    kind: 'accepted',
    steps: update.taken,
    rollback: rollback.taken,
    before: before.taken,
    after: after.taken,
    requires: requirementsOf(manifest, component),
    digest: download?.checksum ?? null,
    notes: update.taken.flatMap(({ action, detail, done }) =>
      done.startsWith('skipped') ? [`${action} ${detail} is ${done}.`] : [],
    ),
  }
}

interface Judged<T> {
  readonly taken: readonly T[]
  readonly reasons: readonly Reason[]
}

function judged<E, T>(entries: readonly E[], judge: (entry: E, index: number) => T | readonly Reason[]): Judged<T> {
  const taken: T[] = []
  const reasons: Reason[] = []
  for (const [index, entry] of entries.entries()) {
    const verdict = judge(entry, index)
    if (areReasons(verdict)) reasons.push(...verdict)
    else taken.push(verdict)
  }
  return { taken, reasons }
}

function areReasons(verdict: unknown): verdict is readonly Reason[] {
  return Array.isArray(verdict)
}

function headReasons(manifest: Manifest, release: ManifestRelease, component: ManifestComponent): readonly Reason[] {
  const { version, component_type: type, component: named, min_remote_version: remote } = manifest
  const reasons: Reason[] = [...versionReasons(version, release, component)]
  if ((type === 'container') !== component.containers) {
    const what = component.containers ? 'container' : 'python_app or application'
    reasons.push(
      reason(
        ['component_type'],
        `is ${type}, but ${component.name} is updated ${component.containers ? 'by its image' : 'by its files'}: write ${what}`,
      ),
    )
  }
  if (named !== undefined && named !== component.name && !component.aliases.includes(named)) {
    const known = [component.name, ...component.aliases].join(' or ')
    reasons.push(
      reason(
        ['component'],
        `is a manifest of ${named}, not of ${known}. If that is another name of it, add it on this host: aliases: [ ${named} ]`,
      ),
    )
  }
  if (remote !== undefined && component.remote === null) {
    reasons.push(
      reason(
        ['min_remote_version'],
        `asks for remote ${remote} or later, and this host has no component of that name. Add it, or its name under aliases`,
      ),
    )
  }
  return reasons
}

/** Of the version alone, for what is no manifest otherwise: one that was left over from another release is the usual fault. */
export function versionReasons(
  version: string,
  release: ManifestRelease,
  component: Pick<ManifestComponent, 'scheme'>,
): readonly Reason[] {
  if (isVersionOf(version, release, component)) return []
  return [reason(['version'], `is of ${version}, but this release is ${release.version}`)]
}

/** A moving tag is a release by its digest, so its name is what a manifest can know. */
function isVersionOf(
  version: string,
  release: ManifestRelease,
  { scheme }: Pick<ManifestComponent, 'scheme'>,
): boolean {
  return version === release.version || version === release.tag || sameVersion(version, release.version, scheme)
}

function requirementsOf(
  { min_remote_version: remote }: Manifest,
  component: ManifestComponent,
): Record<string, string> {
  return remote === undefined || component.remote === null ? {} : { [component.remote]: `>=${remote}` }
}
