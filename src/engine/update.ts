import { BelayError, fail, type Problem } from '../core/model/problem.ts'
import type { HoldReason, Release } from '../core/model/release.ts'
import type { Planned, UpdateOptions } from '../ports/engine.ts'
import { type InstalledVersion, unmetRequirement } from '../core/policy/requires.ts'
import { type Opened, openComponent } from './component.ts'
import { demand, findRelease } from './find.ts'
import { accepted, makePlan } from './planning.ts'
import type { EnginePorts } from './ports.ts'
import { currentReport } from './run.ts'

/** The plan that `update` would run, or the word that there is nothing to do. Reads only. */
export async function planUpdate(
  ports: EnginePorts,
  opened: Opened,
  options: UpdateOptions,
  signal: AbortSignal,
): Promise<Planned> {
  const { source, decision } = await findRelease(ports, opened, {
    force: true,
    to: options.to,
    override: options.now === true ? 'now' : 'asked',
    signal,
  })
  if (decision.kind === 'held') throw new BelayError(held(decision.release, decision.by, opened))
  if (decision.kind === 'current') {
    if (decision.relation === 'unknown') throw unknownVersion(opened, decision.latest)
    return { current: currentReport(opened.name, opened.installed.version) }
  }
  await refuseUnmet(ports, opened, decision.release, signal)
  const plan = await planTo(ports, opened, decision.release, source.describe, 'update', signal)
  return { plan }
}

/** What the config asks for beyond the release itself, told before anything is touched. */
async function refuseUnmet(ports: EnginePorts, opened: Opened, release: Release, signal: AbortSignal): Promise<void> {
  const { requires, manifest } = opened.settings
  if (manifest === 'required') {
    throw fail('E_TRUST_TOO_LOW', `${opened.name} asks for a manifest, and this version of belay reads none.`, {
      hint: 'Set manifest: optional, or wait for a version that reads manifests.',
    })
  }
  const installed = new Map<string, InstalledVersion>()
  for (const [name, settings] of ports.settings.components) {
    if (!Object.hasOwn(requires, name)) continue
    const other = await openComponent(ports, settings, opened.context.run, signal)
    installed.set(name, { version: other.installed.version, scheme: settings.version.scheme })
  }
  if (Object.hasOwn(requires, 'agent')) installed.set('agent', { version: ports.version, scheme: 'semver' })
  const unmet = unmetRequirement(requires, installed)
  if (unmet !== null) throw new BelayError(held(release, unmet, opened))
}

/** A plan that brings exactly this release, newer or older. */
export async function planTo(
  ports: EnginePorts,
  opened: Opened,
  release: Release,
  sourceDescribe: string,
  action: 'update' | 'rollback',
  signal: AbortSignal,
) {
  const verified = await demand(await ports.adapters.source(opened.settings.source), release, opened, signal)
  if ('code' in verified) throw new BelayError(verified)
  const phases = accepted(await opened.strategy.update(opened.installed, verified, opened.context))
  return makePlan(ports, opened, phases, {
    action,
    to: release.version,
    release: verified,
    sourceDescribe,
    restore: [],
    backsUp: true,
  })
}

function unknownVersion(opened: Opened, latest: Release | null): BelayError {
  return fail(
    'E_VERSION_UNKNOWN',
    `It cannot be told which version of ${opened.name} is installed, so nothing is called newer.`,
    {
      hint: `Say where it stands with version: (a file, a command, a URL), or name the wanted one: belay update ${opened.name} --to ${latest?.version ?? 'VERSION'}.`,
    },
  )
}

function held(release: Release, by: HoldReason, opened: Opened): Problem {
  return {
    code: 'E_HELD',
    message: `${release.version} of ${opened.name} is held: ${holdText(by)}.`,
    hint: overrideHint(by, opened),
    retryable: true,
    facts: { version: release.version, by: by.kind },
  }
}

function overrideHint(by: HoldReason, { name }: Opened): string {
  if (by.kind === 'requires') return `Update ${by.component} first.`
  if (by.kind === 'hold') return `To install it all the same, name it: belay update ${name} --to VERSION.`
  return `To install it all the same: belay update ${name} --now.`
}

function holdText(by: HoldReason): string {
  switch (by.kind) {
    case 'hold':
      return `policy.hold names ${by.pattern}`
    case 'min-age':
      return by.until === null
        ? 'the source does not say when it was published, and policy.min_age is set'
        : `it is younger than policy.min_age until ${by.until}`
    case 'failed-before':
      return `it was rolled back here in ${by.run}`
    case 'window':
      return by.opens === null ? 'the maintenance window is closed' : `the maintenance window opens ${by.opens}`
    case 'requires':
      return `it needs ${by.component} ${by.range}, and ${by.found ?? 'none'} is there`
  }
}
