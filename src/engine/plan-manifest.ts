import { manifestMissing } from '../core/manifest/failures.ts'
import type { CheckSubject, Parts } from '../core/plan/compose.ts'
import type { ManifestStep } from '../core/plan/step.ts'
import type { Spec } from '../core/model/names.ts'
import type { Phases } from '../ports/strategy.ts'
import { type Opened, openComponent } from './component.ts'
import type { Intent } from './intent.ts'
import { asManifestRelease } from './manifest.ts'
import { manifestComponent } from './manifest-component.ts'
import type { EnginePorts } from './ports.ts'

/** What is asked of one phase anyway, and what it is about. */
export interface AskedAnyway {
  readonly own: readonly Spec[]
  readonly subject: CheckSubject
}

type Inside = NonNullable<Parts['inside']>

/**
 * Where no manifest lies beside the release, the one that may lie inside its archive is looked for once that is
 * unpacked. null: nothing is unpacked, or one was found. E_MANIFEST_MISSING where one is required and can be nowhere.
 */
export async function insideSteps(
  ports: EnginePorts,
  opened: Opened,
  phases: Phases,
  { manifest, release }: Intent,
  asked: { readonly before: AskedAnyway; readonly after: AskedAnyway; readonly skip: readonly string[] },
): Promise<Inside | null> {
  if (manifest === undefined || release === null || manifest.about.name !== null) return null
  const required = opened.settings.manifest === 'required'
  const tree = phases.before.flatMap((step) => (step.kind === 'unpack' ? [step.to] : [])).at(-1)
  if (tree === undefined) {
    if (!required) return null
    throw manifestMissing(opened.name, release.release.version)
  }
  const component = manifestComponent(ports, opened)
  const common = {
    kind: 'manifest',
    detail: required ? 'its update manifest' : '',
    tree,
    kept: ports.join(opened.context.runDir, 'update-manifest'),
    required,
    release: asManifestRelease(release.release),
    component,
    present: await versionOf(ports, opened, component.remote),
    skip: asked.skip,
  } as const
  return {
    before: { ...common, phase: 'before', ...asked.before } satisfies ManifestStep,
    after: { ...common, phase: 'after', ...asked.after } satisfies ManifestStep,
  }
}

async function versionOf(
  ports: EnginePorts,
  { context }: Opened,
  name: string | null,
): Promise<ManifestStep['present']> {
  const found = [...ports.settings.components].find(([component]) => component === name)
  if (found === undefined) return {}
  const [component, settings] = found
  const { version } = (await openComponent(ports, settings, context.run, context.signal)).installed
  return { [component]: { version, scheme: settings.version.scheme } }
}
