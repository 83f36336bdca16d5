import { joinChecks } from '../core/manifest/join.ts'
import type { Spec } from '../core/model/names.ts'
import { checkStep, type CheckSubject, type Parts } from '../core/plan/compose.ts'
import { defaultChecks, withDisk } from '../core/plan/default-checks.ts'
import type { Phase, Step } from '../core/plan/step.ts'
import type { Phases, SlotPhases } from '../ports/strategy.ts'
import type { Opened } from './component.ts'
import { isFromBundle } from './find.ts'
import { insideSteps } from './plan-manifest.ts'
import type { Intent } from './intent.ts'
import type { EnginePorts } from './ports.ts'

/** What a first installation cannot meet. */
const aboutInstalled: ReadonlySet<string> = new Set(['service_running', 'backup_exists'])

/** The checks of a run: those of the config, else the default ones, told about what stands here. */
export async function checkSteps(
  ports: EnginePorts,
  opened: Opened,
  phases: Phases,
  intent: Intent,
  places: readonly string[],
  needBytes: number,
): Promise<Pick<Parts, 'checksBefore' | 'checksAfter' | 'checksBack' | 'inside'> & { checksReady: readonly Step[] }> {
  const { settings, installed } = opened
  const running = installed.service?.state.running ?? false
  const defaults = defaultChecks({
    service: installed.service !== null,
    running,
    // A checkout tells its commit without being asked to.
    hasVersion: settings.version.probe.type !== 'none' || installed.probe.spec.type === 'git',
    downloads: intent.release !== null,
    containers: installed.state === 'compose' || phases.stop === 'replace',
  })
  const subject: CheckSubject = {
    service: installed.service?.ref ?? null,
    probe: installed.probe,
    expectedVersion: intent.to,
    paths: [...phases.paths, ports.stateDir],
    needBytes,
    wayBack: {
      component: opened.name,
      places,
      trees: [...installed.kept.map((kept) => kept.path), ...(installed.tree === null ? [] : [installed.tree])],
    },
  }
  const steps = (written: readonly Spec[], phase: Phase, about: CheckSubject) =>
    Promise.all(
      written
        .flatMap((spec) => withSource(spec, intent, isFromBundle(settings.source)) ?? [])
        .map((spec) => withDisk(spec, phases.disk))
        .map(async (spec) => checkStep(spec, phase, (await ports.adapters.check(spec)).describe, about)),
    )
  const asked = intent.manifest?.accepted ?? { before: [], after: [] }
  const after = settings.checks.after ?? defaults.after
  const isForward = intent.action === 'update' || intent.action === 'rollback'
  const wanted = isForward ? joinChecks(settings.checks.before ?? defaults.before, asked.before) : []
  const before = installed.tree === null ? wanted.filter(({ type }) => !aboutInstalled.has(type)) : wanted
  const subjectAfter = inItsSlot(moved(subject, phases.movesTo), phases)
  return {
    checksReady: phases.slots === null ? [] : await steps(readyChecks(phases.slots), 'after', subjectAfter),
    checksBefore: await steps(before, 'before', subject),
    checksAfter: await steps(joinChecks(after, asked.after), 'after', subjectAfter),
    inside: await insideSteps(ports, opened, phases, intent, {
      before: { own: before, subject },
      after: { own: after, subject: subjectAfter },
      skip: installed.tree === null ? [...aboutInstalled] : [],
    }),
    checksBack: wasWhole(opened) ? await steps(after, 'back', { ...subject, expectedVersion: installed.version }) : [],
  }
}

/** A `network` check without an address asks for what this very run downloads from; null: that is this host. */
function withSource(spec: Spec, { release }: Intent, carried: boolean): Spec | null {
  if (spec.type !== 'network' || spec['url'] !== undefined || spec['host'] !== undefined || release === null)
    return spec
  const { protocol, origin, hostname, port } = new URL(release.artifact.url)
  if (protocol === 'file:' || carried) return null
  if (protocol === 'ssh:') return { ...spec, host: hostname, port: port === '' ? 22 : Number(port) }
  return { ...spec, url: `${origin}/` }
}

/** The new instance at its own port, behind the proxy; where both share a socket its manager alone tells. */
export function readyChecks({ settings, traffic, to }: SlotPhases): readonly Spec[] {
  const address = traffic.slots?.[to]
  const timeout_seconds = settings.ready.timeoutMs / 1000
  if (address === undefined) return [{ type: 'service_active', timeout_seconds }]
  const { host, port } = address
  if (settings.ready.path === null) return [{ type: 'tcp_port', host, port, timeout_seconds }]
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}${settings.ready.path}`
  return [{ type: 'health_endpoint', url, timeout_seconds }]
}

function inItsSlot(subject: CheckSubject, { slots }: Phases): CheckSubject {
  if (slots === null) return subject
  return { ...subject, service: slots.traffic.services[slots.to], probe: slots.probe ?? subject.probe }
}

function moved(subject: CheckSubject, to: string | null): CheckSubject {
  if (to === null) return subject
  return {
    ...subject,
    service: subject.service === null ? null : { ...subject.service, cwd: to },
    probe: subject.probe === null ? null : { ...subject.probe, dir: to },
  }
}

/** What was down or unreadable before cannot be asked to prove itself after an undo: it is put back as it was. */
function wasWhole({ installed }: Opened): boolean {
  if (installed.tree === null) return false
  return installed.service === null || installed.service.state.running
}
