import type { TrafficSettings } from '../traffic/settings.ts'
import type { Slot } from '../traffic/slots.ts'
import {
  backupStep,
  beforehand,
  type Composed,
  copySteps,
  endsWith,
  mayChangeData,
  migrationsOf,
  type Parts,
  protectStep,
  restoreStep,
} from './compose.ts'
import type {
  CommandStep,
  HoldStep,
  RetireStep,
  SlotStartStep,
  Step,
  SwitchStep,
  TrafficRef,
  VerifyStep,
} from './step.ts'

/** What a run in two slots has besides. */
export interface SlotParts {
  readonly traffic: TrafficRef
  readonly settings: TrafficSettings
  /** `shares`: both are served while both run, so nothing is switched; the old one leaves by ending. */
  readonly way: 'routes' | 'shares'
  readonly weights: boolean
  readonly holds: boolean
  /** The slot that serves now; null: none does. */
  readonly from: Slot | null
  readonly to: Slot
  /** `to` runs the wanted version already: it was not retired yet. */
  readonly warm: boolean
  /** What still runs in `to`, and has to be waited for: another version on its way out. */
  readonly occupied: boolean
  readonly boots: boolean
  /** What puts the new version into its slot, while the old one serves. */
  readonly fill: readonly Step[]
  /** What says on disk who serves, once that is so. */
  readonly settled: readonly Step[]
  /** How people call them: the proxy, and the service of each slot. */
  readonly names: Readonly<Record<Slot | 'proxy', string>>
  readonly expectedVersion: string | null
}

const year = 365 * 86_400_000
const holdMarginMs = 30_000

/**
 * The order with two slots: everything that takes long while the old one serves, start beside it, ready at its own port, warm-up,
 * [shares], switch, verify at the front door, checks, soak, COMMIT, then the old one is let go. It is never stopped before.
 * Where two may not run at once: hold, stop, last backup, migrate, start, ready, switch, release, verify.
 */
export function composeSlots(parts: Parts, slots: SlotParts, ready: readonly Step[]): Composed {
  const inside = parts.inside ?? null
  const asked = inside === null ? parts.checksAfter : [...parts.checksAfter, inside.after]
  const alone = !slots.settings.twice
  const steps: Step[] = [
    ...beforehand(parts),
    ...(parts.service?.guards === true ? [guardStep(slots)] : []),
    ...(slots.occupied && !slots.warm ? [vacate(slots)] : []),
    ...(alone ? oneAfterTheOther(parts, slots, ready) : besideEachOther(parts, slots, ready)),
    ...slots.settled,
    ...asked,
    ...soak(parts.soakMs, asked),
  ]
  return {
    steps: [
      ...steps,
      ...(slots.from === null ? [] : [retire(slots, slots.from)]),
      ...(alone && mayChangeData(parts) ? copySteps(parts.backups) : []),
      ...endsWith(parts),
    ],
    commitAfter: steps.length - 1,
    back: parts.checksBack,
  }
}

function besideEachOther(parts: Parts, slots: SlotParts, ready: readonly Step[]): readonly Step[] {
  return [
    // The last carry is in here: what a migration did to data inside the tree would be lost below it.
    ...slots.fill,
    // Both versions can work with what they leave: an undo has nothing to restore, and would lose what was written since.
    ...parts.migrate.map((step): CommandStep => ({ ...step, phase: 'after', restore: [], expands: true })),
    start(slots),
    ...ready,
    ...warmUp(slots),
    ...littleByLittle(slots),
    ...(slots.way === 'routes' ? [switchTo(slots, 100)] : []),
    ...verify(slots),
  ]
}

function oneAfterTheOther(parts: Parts, slots: SlotParts, ready: readonly Step[]): readonly Step[] {
  const { from, traffic, settings } = slots
  const hold = (kind: 'hold' | 'release'): HoldStep[] =>
    slots.holds && from !== null
      ? [
          {
            kind,
            phase: kind === 'hold' ? 'stopped' : 'after',
            detail: slots.names.proxy,
            traffic,
            limitMs: settings.ready.timeoutMs + holdMarginMs,
          },
        ]
      : []
  const changesData = mayChangeData(parts)
  return [
    ...slots.fill,
    ...hold('hold'),
    ...(from === null ? [] : [stop(slots, from)]),
    ...(changesData ? parts.backups.map((backup) => backupStep(backup, 'stopped')) : []),
    ...(changesData && parts.stop === 'replace' ? [protectStep(parts.backups)] : []),
    ...parts.restore.map(restoreStep),
    ...migrationsOf(parts),
    start(slots),
    ...ready,
    ...warmUp(slots),
    ...(slots.way === 'routes' ? [switchTo(slots, 100)] : []),
    ...hold('release'),
    ...verify(slots),
  ]
}

/** Each share lasts its time and must be answered as well as the whole. */
function littleByLittle(slots: SlotParts): readonly Step[] {
  const { gradual } = slots.settings
  if (gradual === null || !slots.weights || slots.from === null) return []
  return gradual.shares.flatMap((percent): Step[] => [
    switchTo(slots, percent),
    ...verify(slots, false),
    { kind: 'soak', phase: 'after', detail: `${Math.round(gradual.everyMs / 1000)} s`, ms: gradual.everyMs },
  ])
}

function start({ traffic, to, warm, boots, names }: SlotParts): SlotStartStep {
  return {
    kind: 'slot-start',
    phase: 'after',
    detail: `${to}: ${names[to]}`,
    traffic,
    slot: to,
    wasRunning: warm,
    boots,
  }
}

function stop({ traffic, names }: SlotParts, slot: Slot): Step {
  return { kind: 'stop', phase: 'stopped', detail: names[slot], service: traffic.services[slot], wasRunning: true }
}

function guardStep({ traffic, to }: SlotParts): Step {
  return { kind: 'guard', phase: 'before', detail: 'belay-resume.service', service: traffic.services[to] }
}

function warmUp({ settings, traffic, to }: SlotParts): readonly Step[] {
  const address = traffic.slots?.[to]
  if (settings.warmUp.length === 0 || address === undefined) return []
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return [
    {
      kind: 'warm-up',
      phase: 'after',
      detail: settings.warmUp.join(' '),
      urls: settings.warmUp.map((path) => `http://${host}:${address.port}${path}`),
      timeoutMs: settings.ready.timeoutMs,
    },
  ]
}

function switchTo({ traffic, to, from, settings, names }: SlotParts, percent: number): SwitchStep {
  return {
    kind: 'switch',
    phase: 'after',
    detail: percent === 100 ? `${from ?? '–'} → ${to}: ${names.proxy}` : `${percent} % → ${to}: ${names.proxy}`,
    traffic,
    to,
    percent,
    from,
    // Whoever asks while people wait, waits with them.
    front: settings.twice ? settings.front : null,
  }
}

function verify({ settings, way, expectedVersion, from }: SlotParts, whole = true): readonly VerifyStep[] {
  const { front, identity } = settings
  if (front === null) return []
  const { timeoutMs } = settings.verify
  // Of a hundred who come, one may get the new version: to have seen it once says that it is let in.
  const times = whole ? settings.verify.times : 1
  return [
    {
      kind: 'verify',
      phase: 'after',
      detail: `${front} × ${times}`,
      front,
      identity,
      expectedVersion,
      times,
      inARow: whole && (way === 'routes' || from === null),
      timeoutMs,
    },
  ]
}

function retire({ traffic, to, way, settings, boots, names }: SlotParts, slot: Slot): RetireStep {
  return {
    kind: 'retire',
    phase: 'after',
    detail: `${slot}: ${names[slot]}`,
    traffic,
    slot,
    successor: to,
    boots,
    requestsMs: settings.drain.requestsMs,
    streamsMs: settings.drain.streamsMs,
    // As long as it is kept warm, it would be served.
    warmMs: way === 'shares' ? 0 : settings.warmMs,
    vacates: false,
    front: settings.front,
  }
}

/** Waited for to its end: there is no third slot. */
function vacate(slots: SlotParts): RetireStep {
  return { ...retire(slots, slots.to), phase: 'before', requestsMs: year, warmMs: 0, vacates: true, front: null }
}

function soak(ms: number, asked: readonly Step[]): readonly Step[] {
  if (ms <= 0) return []
  return [{ kind: 'soak', phase: 'after', detail: `${Math.round(ms / 1000)} s`, ms }, ...asked]
}
