import type { ComponentName } from '../core/model/names.ts'
import { BelayError, type Facts, fail, type Problem } from '../core/model/problem.ts'
import type { HoldReason, Release } from '../core/model/release.ts'
import type { Planned, UpdateOptions } from '../ports/engine.ts'
import { momentUtc } from '../protocol/words/units.ts'
import { type InstalledVersion, unmetRequirement } from '../core/policy/requires.ts'
import { type Opened, openComponent } from './component.ts'
import { demand, findRelease } from './find.ts'
import { type Manifested, manifestOf, refuseOtherBytes, saidBy } from './manifest.ts'
import { accepted, makePlan } from './planning.ts'
import type { EnginePorts } from './ports.ts'
import { currentReport } from './run.ts'

/** The plan that `update` would run, or the word that there is nothing to do. Reads only; E_HELD when something holds it. */
export async function planUpdate(
  ports: EnginePorts,
  opened: Opened,
  options: UpdateOptions,
  signal: AbortSignal,
): Promise<Planned> {
  const considered = await considerUpdate(ports, opened, options, new Map(), signal)
  if ('held' in considered) throw new BelayError(heldProblem(considered.held, opened.name))
  return considered
}

export interface Held {
  readonly release: Release
  readonly by: HoldReason
}

/** The same with what holds it as an answer. `coming`: versions of others that will be there before its turn comes. */
export async function considerUpdate(
  ports: EnginePorts,
  opened: Opened,
  options: UpdateOptions,
  coming: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Planned | { readonly held: Held }> {
  const { source, decision } = await findRelease(ports, opened, {
    force: true,
    to: options.to,
    auto: options.auto === true,
    override: options.now === true ? 'now' : options.timed === true ? 'none' : 'asked',
    signal,
  })
  if (decision.kind === 'held') return { held: decision }
  if (decision.kind === 'current') {
    if (decision.relation === 'unknown') throw incomparable(opened, decision.latest)
    return { current: currentReport(opened.name, opened.installed.version) }
  }
  const { release } = decision
  const manifest = await manifestOf(ports, opened, source, release, signal)
  for (const requires of [opened.settings.requires, manifest?.accepted?.requires ?? {}]) {
    const unmet = await unmetOf(ports, requires, opened, coming, signal)
    if (unmet !== null) return { held: { release, by: unmet } }
  }
  return { plan: await planTo(ports, opened, release, source.describe, 'update', manifest, signal) }
}

/** What the config and the release ask of other components, told before anything is touched. */
async function unmetOf(
  ports: EnginePorts,
  requires: Readonly<Record<string, string>>,
  { context }: Opened,
  coming: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<HoldReason | null> {
  const versions = new Map<string, InstalledVersion>()
  for (const [name, settings] of ports.settings.components) {
    if (!Object.hasOwn(requires, name)) continue
    const version = coming.get(name) ?? (await openComponent(ports, settings, context.run, signal)).installed.version
    versions.set(name, { version, scheme: settings.version.scheme })
  }
  if (Object.hasOwn(requires, 'agent')) versions.set('agent', { version: ports.version, scheme: 'semver' })
  return unmetRequirement(requires, versions)
}

/** A plan that brings exactly this release, newer or older. */
export async function planTo(
  ports: EnginePorts,
  opened: Opened,
  release: Release,
  sourceDescribe: string,
  action: 'update' | 'rollback',
  manifest: Manifested | undefined,
  signal: AbortSignal,
) {
  const source = await ports.adapters.source(opened.settings.source)
  const said = saidBy(manifest)
  const verified = await demand(ports, source, await source.pin(release, signal), opened, signal, said)
  if ('code' in verified) throw new BelayError(verified)
  refuseOtherBytes(verified, said)
  const phases = accepted(await opened.strategy.update(opened.installed, verified, opened.context))
  return makePlan(ports, opened, phases, {
    action,
    to: release.version,
    release: verified,
    sourceDescribe,
    restore: [],
    backsUp: true,
    ...(manifest === undefined ? {} : { manifest }),
  })
}

function incomparable(opened: Opened, latest: Release | null): BelayError {
  const { version } = opened.installed
  if (latest === null && version !== null) {
    return fail(
      'E_NO_RELEASE',
      `The source of ${opened.name} offers no release that ${version} can be compared with.`,
      {
        hint: 'Look at what the config says under source: (its names, its channel, prereleases), and at the scheme under version:.',
      },
    )
  }
  return fail(
    'E_VERSION_UNKNOWN',
    `It cannot be told which version of ${opened.name} is installed, so nothing is called newer.`,
    {
      hint: `Say where it stands with version: (a file, a command, a URL), or name the wanted one: belay update ${opened.name} --to ${latest?.version ?? 'VERSION'}.`,
    },
  )
}

export function heldProblem({ release, by }: Held, name: ComponentName): Problem {
  return {
    code: 'E_HELD',
    message: `${release.version} of ${name} is held: ${holdText(by)}.`,
    hint: overrideHint(by, name),
    retryable: true,
    facts: { version: release.version, by: by.kind, ...timeOf(by) },
  }
}

/** ISO 8601, for programs. */
function timeOf(by: HoldReason): Facts {
  if (by.kind === 'min-age' && by.until !== null) return { until: by.until }
  return by.kind === 'window' && by.opens !== null ? { opens: by.opens } : {}
}

function overrideHint(by: HoldReason, name: ComponentName): string {
  if (by.kind === 'requires')
    return `Update ${by.component} first, or both in one: belay update ${by.component} ${name}.`
  if (by.kind === 'hold') return `To install it all the same, name it: belay update ${name} --to VERSION.`
  if (by.kind === 'auto') return `To install it: belay update ${name}.`
  return `To install it all the same: belay update ${name} --now.`
}

function holdText(by: HoldReason): string {
  switch (by.kind) {
    case 'hold':
      return `policy.hold names ${by.pattern}`
    case 'min-age':
      return by.until === null
        ? 'the source does not say when it was published, and policy.min_age is set'
        : `it is younger than policy.min_age until ${momentUtc(by.until)}`
    case 'failed-before':
      return `it was rolled back here in ${by.run}`
    case 'auto':
      return `policy.auto is ${by.auto}, which does not install it by itself`
    case 'window':
      return by.opens === null
        ? 'the maintenance window is closed'
        : `the maintenance window opens ${momentUtc(by.opens)}`
    case 'requires':
      return `it needs ${by.component} ${by.range}, and ${by.found ?? 'none'} is there`
  }
}
