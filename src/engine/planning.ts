import { BelayError, type Problem } from '../core/model/problem.ts'
import type { ResourceName } from '../core/model/names.ts'
import type { VerifiedRelease } from '../core/model/release.ts'
import { type BackupPart, compose, downloadBytesMax, type Parts } from '../core/plan/compose.ts'
import { composeSlots } from '../core/plan/compose-slots.ts'
import type { Plan, PlanAbout } from '../core/plan/plan.ts'
import { type PlanPromise, promiseOf } from '../core/traffic/promise.ts'
import type { CommandStep, Step } from '../core/plan/step.ts'
import type { SelfParts } from '../ports/self.ts'
import type { Phases } from '../ports/strategy.ts'
import { isBranch } from '../core/policy/follows.ts'
import { backupPlaces, type Opened } from './component.ts'
import type { Intent } from './intent.ts'
import { type Before, lastNoticed } from './history.ts'
import { checkSteps } from './plan-checks.ts'
import type { EnginePorts } from './ports.ts'

const commandTimeoutMs = 60 * 60 * 1000

/** Turns a strategy's phases into a whole plan. Reads only. */
export async function makePlan(ports: EnginePorts, opened: Opened, given: Phases, intent: Intent): Promise<Plan> {
  const phases = apart(given, intent)
  const places = backupPlaces(ports, opened.settings)
  const backups = intent.backsUp ? await backupParts(ports, opened, phases, places) : { parts: [], needBytes: 0 }
  const needBytes = phases.needBytes + (intent.release?.artifact.bytes ?? 0) + backups.needBytes
  const self = await recognised(ports, opened, phases, intent)
  const { parts, checksReady } = await assemble(ports, opened, phases, intent, backups.parts, self, places, needBytes)
  const { slots } = phases
  const composed =
    slots === null ? compose(parts) : composeSlots(parts, { ...slots, expectedVersion: intent.to }, checksReady)
  return {
    v: 1,
    run: opened.context.run,
    action: intent.action,
    targets: [
      {
        component: opened.name,
        from: opened.installed.version ?? (opened.installed.tree === null ? null : 'unknown'),
        to: intent.to,
      },
    ],
    locks: await resources(ports, opened, phases),
    ...composed,
    about: await about(ports, opened, phases, intent, parts, self, needBytes),
    ...(self === null ? {} : { beside: self.beside }),
  }
}

/** Nobody may work with data while it is brought back: then one version follows the other, whatever else could be. */
function apart(phases: Phases, { restore }: Intent): Phases {
  const { slots } = phases
  if (slots === null || restore.length === 0) return phases
  return { ...phases, slots: { ...slots, settings: { ...slots.settings, twice: false } } }
}

/** What a run of Belay itself has besides; null: it is one of something else. */
async function recognised(
  ports: EnginePorts,
  { settings, installed, context: { run } }: Opened,
  phases: Phases,
  { action }: Intent,
): Promise<SelfParts | null> {
  const found = await (await ports.self()).recognise({ settings, installed, phases, action, run })
  if (found !== null && 'code' in found) throw new BelayError(found)
  return found
}

async function assemble(
  ports: EnginePorts,
  opened: Opened,
  phases: Phases,
  intent: Intent,
  backups: readonly BackupPart[],
  self: SelfParts | null,
  places: readonly string[],
  needBytes: number,
): Promise<{ parts: Parts; checksReady: readonly Step[] }> {
  const { settings, context } = opened
  const { checksReady, ...checks } = await checkSteps(ports, opened, phases, intent, places, needBytes)
  const parts: Parts = {
    run: context.run,
    runDir: context.runDir,
    ...checks,
    download:
      intent.release === null || !phases.downloads
        ? null
        : {
            source: settings.source,
            artifact: intent.release.artifact,
            step: downloadStep(ports, opened, intent.release),
          },
    room: phases.room,
    before: phases.before,
    settle: phases.settle,
    stopped: phases.stopped,
    cleanup: [...phases.cleanup, pruneStep(opened, places)],
    prepare: commands(opened, 'prepare', phases),
    // C7: older code has no business with newer data; what becomes of that is the person's choice.
    migrate: intent.action === 'rollback' ? [] : commands(opened, 'migrate', phases),
    migratesLast: phases.migrateIn !== null,
    backups,
    restore: intent.restore,
    stop: phases.stop,
    service: await servicePart(ports, opened, phases),
    soakMs: intent.action === 'update' ? settings.policy.soakMs : 0,
    self,
  }
  return { parts, checksReady }
}

async function servicePart(ports: EnginePorts, { installed }: Opened, phases: Phases): Promise<Parts['service']> {
  if (installed.service === null) return null
  const { state } = installed.service
  const ref = phases.service ?? installed.service.ref
  const service = await ports.adapters.service(ref)
  return {
    ref,
    after: phases.movesTo === null ? ref : { ...ref, cwd: phases.movesTo },
    wasRunning: state.running,
    detail: service.describe,
    guards: service.guard !== null,
  }
}

function downloadStep(ports: EnginePorts, { context, settings }: Opened, release: VerifiedRelease): Step {
  return {
    kind: 'download',
    phase: 'before',
    detail: release.artifact.name,
    source: settings.source,
    artifact: release.artifact,
    digest: release.digest,
    statedBy: release.statedBy,
    ...(release.signature === null ? {} : { signature: release.signature }),
    to: ports.join(context.runDir, 'artifact'),
    bytesMax: downloadBytesMax,
  }
}

function commands(opened: Opened, kind: 'prepare' | 'migrate', phases: Phases): CommandStep[] {
  const tree = (kind === 'migrate' ? phases.migrateIn : null) ?? phases.newTree
  if (tree === null) return []
  return phases[kind].flatMap(([program, ...args]) =>
    program === undefined
      ? []
      : {
          kind,
          phase: kind === 'prepare' ? 'before' : 'stopped',
          detail: [program, ...args].join(' '),
          argv: [program, ...args],
          cwd: tree,
          user: opened.installed.user,
          timeoutMs: commandTimeoutMs,
          restore: [],
        },
  )
}

function pruneStep({ name, settings }: Opened, places: readonly string[]): Step {
  return {
    kind: 'prune-backups',
    phase: 'cleanup',
    detail: `keep ${settings.backups.keep}`,
    component: name,
    places: [...new Set([...places, ...settings.backups.copies])],
    keep: settings.backups.keep,
    keepForMs: settings.backups.keepForMs,
    data: settings.data,
  }
}

async function backupParts(
  ports: EnginePorts,
  opened: Opened,
  phases: Phases,
  places: readonly string[],
): Promise<{ parts: BackupPart[]; needBytes: number }> {
  const { settings, context, installed } = opened
  if (settings.data.length === 0 || installed.tree === null) return { parts: [], needBytes: 0 }
  const sizes = await Promise.all(settings.data.map(async (data) => (await ports.adapters.backup(data)).needBytes()))
  const times = phases.migrate.length > 0 || phases.stop === 'replace' ? 2 : 1
  const needBytes = times * sizes.reduce((sum, size) => sum + size, 0)
  const place = await ports.host.backupPlace(places, needBytes, phases.moves)
  const parts = settings.data.map(async (data, i) => {
    const dir = (suffix: string) => ports.join(place, opened.name, `${context.run}-${i}${suffix}`)
    const backup = await ports.adapters.backup(data)
    return {
      detail: `${backup.describe} to ${place}`,
      kept: await backup.keptAs(dir('.aside')),
      version: installed.version,
      online: { component: opened.name, data, dir: dir('') },
      final: { component: opened.name, data, dir: dir('-final') },
      aside: dir('.aside'),
      copies: settings.backups.copies,
    }
  })
  return { parts: await Promise.all(parts), needBytes }
}

async function resources(ports: EnginePorts, opened: Opened, phases: Phases): Promise<readonly ResourceName[]> {
  const names = new Set<ResourceName>([`component:${opened.name}`])
  for (const lock of phases.locks) {
    names.add(lock.startsWith('path:') ? `path:${await ports.host.realPath(lock.slice('path:'.length))}` : lock)
  }
  const { service } = opened.installed
  const refs = phases.slots === null ? [service?.ref ?? null] : Object.values(phases.slots.traffic.services)
  for (const ref of refs) {
    const unit = ref === null ? null : (await ports.adapters.service(ref)).resource
    if (unit !== null) names.add(unit)
  }
  const proxy = phases.slots === null ? null : (await ports.adapters.traffic(phases.slots.traffic)).resource
  if (proxy !== null) names.add(proxy)
  return [...names].toSorted()
}

async function about(
  ports: EnginePorts,
  opened: Opened,
  phases: Phases,
  intent: Intent,
  parts: Parts,
  self: SelfParts | null,
  needBytes: number,
): Promise<PlanAbout> {
  const { release } = intent
  const bundle = bundleOf(opened)
  const warnings = [...(self === null ? [] : [self.note]), ...phases.warnings, ...(intent.manifest?.warnings ?? [])]
  if (release?.rung === 'tls') warnings.push(unproven(opened))
  // The config asks for less, but it names who should have signed.
  warnings.push(...(release?.missing ?? []).map(({ message }) => `Not proven by more: ${message}.`))
  // What replaces containers leaves whole ones at every moment: their engine starts those that were there.
  if (parts.service !== null && !parts.service.guards && phases.stop !== 'replace') {
    warnings.push(
      parts.service.ref.spec.type === 'process'
        ? 'Nothing but Belay starts this service: with "belay agent" on this host it is back after a power cut.'
        : 'No service manager guards this service at boot: after a power cut, run "belay resume" before it starts.',
    )
  }
  const before = await lastNoticed(ports, opened.name)
  const { live } = await ports.adapters.probe(opened.installed.probe)
  return {
    created: new Date(ports.clock.now()).toISOString(),
    source: intent.sourceDescribe,
    releasedAt: release?.release.publishedAt ?? null,
    rung: release?.rung ?? null,
    statedBy: release?.statedBy ?? null,
    proof: release?.proof ?? null,
    downloadBytes: release?.artifact.bytes ?? null,
    needBytes,
    freeBytes: await ports.host.freeBytes(phases.disk ?? phases.paths[0] ?? ports.stateDir),
    lastDowntimeMs: before.downtimeMs,
    promise: await promised(ports, phases, parts, before),
    stops: stops(phases, parts),
    restartRequired: parts.service === null && !live,
    warnings,
    facts: bundle === null ? {} : { bundle },
    ...(intent.manifest === undefined ? {} : { manifest: intent.manifest.about }),
  }
}

/** What those who use it will notice. */
async function promised(ports: EnginePorts, phases: Phases, parts: Parts, before: Before): Promise<PlanPromise> {
  const { slots } = phases
  const of = { stops: stops(phases, parts), lastDowntimeMs: before.downtimeMs, lastMeasured: before.measured }
  if (slots === null) return promiseOf({ ...of, front: null })
  const { abilities } = await ports.adapters.traffic(slots.traffic)
  const old = await ports.adapters.service(slots.traffic.services[slots.from ?? slots.to])
  const { way, holds, lost } = abilities
  const { settings, from } = slots
  const terminates = old.terminate !== undefined
  return promiseOf({ ...of, front: { way, holds, lost, settings, from, terminates } })
}

/** Whether nobody is served for a while, or has to wait. */
function stops({ stop, slots }: Phases, { service }: Parts): boolean {
  return slots === null ? stop !== 'never' && service !== null : !slots.settings.twice
}

/** The file that stands in for the source; null: none does. */
function bundleOf({ settings }: Opened): string | null {
  const { bundle } = settings.source
  const file = typeof bundle === 'object' && bundle !== null && 'file' in bundle ? bundle['file'] : null
  return typeof file === 'string' ? file : null
}

function unproven(opened: Opened): string {
  const { settings } = opened
  if (bundleOf(opened) !== null)
    return 'Nothing states a checksum for this release: nobody but whoever brought the file vouches for it.'
  return isBranch(settings.source.type)
    ? 'Only the connection vouches for this commit: nothing signed says who made it.'
    : 'Nothing states a checksum for this release: only the connection was checked.'
}

/** A strategy's refusal becomes an error; nothing was started. */
export function accepted(phases: Phases | Problem): Phases {
  if ('code' in phases) throw new BelayError(phases)
  return phases
}
