import { fail } from '../../core/model/problem.ts'
import type { Spec } from '../../core/model/names.ts'
import type { ProbeRef, ServiceRef, Step, TrafficRef } from '../../core/plan/step.ts'
import type { TrafficSettings } from '../../core/traffic/settings.ts'
import { mainSlot, otherSlot, type Slot, slots } from '../../core/traffic/slots.ts'
import { trafficSettings } from '../../protocol/config/traffic.ts'
import type { OpenTraffic } from '../../ports/traffic.ts'
import type { ServiceState, OpenService } from '../../ports/service.ts'
import type { SlotPhases, StrategyContext } from '../../ports/strategy.ts'
import { connectTo } from '../connect.ts'

/** What stands in two slots, asked of the proxy and of what runs. */
export interface SlotScene {
  readonly settings: TrafficSettings
  readonly traffic: TrafficRef
  readonly proxy: OpenTraffic
  readonly services: Readonly<Record<Slot, OpenService>>
  readonly states: Readonly<Record<Slot, ServiceState>>
  /** The slot that the proxy sends people to; null: both, or it has no such word. */
  readonly main: Slot | null
  /** The slot that people get and that runs; null: nobody is served. */
  readonly active: Slot | null
  /** Whether one of them is started at boot; null: their kind knows no boot. */
  readonly boots: boolean | null
}

/**
 * `written`: what is written down of who serves, for proxies where both are served, or none is asked. E_SLOT_UNFIT with what is
 * wrong, E_TRAFFIC_* where the proxy cannot be asked.
 */
export async function lookAtSlots(
  spec: Spec,
  services: Readonly<Record<Slot, ServiceRef>>,
  written: Slot | null,
  context: StrategyContext,
): Promise<SlotScene> {
  const settings = trafficSettings(spec)
  const { component, signal } = context
  const traffic: TrafficRef = { component, spec, slots: settings.slots, services }
  const proxy = await context.traffic(traffic)
  refuse(settings, proxy)
  const wrong = await proxy.complaints(signal)
  if (wrong.length > 0) {
    throw fail('E_TRAFFIC_CONFIG', wrong.join('\n'), { hint: 'The guide of zero downtime has a whole example.' })
  }
  const opened = { blue: await context.service(services.blue), green: await context.service(services.green) }
  const states = { blue: await opened.blue.inspect(), green: await opened.green.inspect() }
  refuseMissing(opened, states)
  const { shares } = await proxy.served(signal)
  const main = proxy.abilities.way === 'routes' ? mainSlot(shares) : null
  const active = servingOf([main, written], states)
  if (active !== null && !states[otherSlot(active)].running) await refuseTaken(settings, otherSlot(active), signal)
  return { settings, traffic, proxy, services: opened, states, main, active, boots: await bootsOf(opened) }
}

async function bootsOf({ blue, green }: SlotScene['services']): Promise<boolean | null> {
  const known = [await blue.boots?.(), await green.boots?.()].filter((one) => one !== undefined)
  return known.length === 0 ? null : known.includes(true)
}

/** What a plan says before somebody agrees to it. */
export function slotWarnings({ boots, services, proxy, main, active, settings }: SlotScene): readonly string[] {
  const { blue, green } = services
  // An update does what was done before: what nobody had started at boot is not started at boot.
  const unbooted = `Neither ${blue.describe} nor ${green.describe} is started at boot: enable the one that serves, once.`
  const anybody = `Any answer below 500 at ${settings.front} counts as one of the new version: say with traffic.identify how an answer tells its version.`
  // A proxy that is new here sends to blue, whoever was served by the one before.
  const astray = `Nobody is served until this is done: ${proxy.describe} sends to ${main}, where nothing runs, and only ${active} runs.`
  return [
    ...(active !== null && main !== null && main !== active ? [astray] : []),
    ...(boots === false && active !== null ? [unbooted] : []),
    ...(settings.identity === null ? [anybody] : []),
  ]
}

function refuse({ slots: addresses, front, gradual }: TrafficSettings, { kind, abilities }: OpenTraffic): void {
  const missing = [
    ...(abilities.way === 'routes' && addresses === null
      ? ['slots (where each listens: { blue: 8001, green: 8002 })']
      : []),
    ...(front === null ? ['front (the address that people use)'] : []),
  ]
  if (missing.length > 0) {
    throw fail('E_SLOT_UNFIT', `traffic: with ${kind} needs ${missing.join(' and ')}.`, {
      hint: 'Add it to strategy.traffic; the guide of zero downtime has a whole example.',
    })
  }
  if (gradual !== null && !abilities.weights) {
    throw fail(
      'E_SLOT_UNFIT',
      `traffic: ${kind} sends people to one version or the other, so gradual cannot be done.`,
      {
        hint: 'Leave gradual out, or use a proxy with weights: haproxy, nginx or builtin.',
      },
    )
  }
}

/** What a kind makes at its first start is always found. */
function refuseMissing(services: SlotScene['services'], states: SlotScene['states']): void {
  const missing = slots.find((slot) => !states[slot].found)
  if (missing === undefined) return
  throw fail('E_SLOT_UNFIT', `There is no ${services[missing].describe}, which the slot ${missing} is to run.`, {
    hint: 'Write it as the guide of zero downtime has it, or correct service: in the config.',
  })
}

/** Whoever answers there would be taken for the new version, which could not listen, and people would be sent to it. */
async function refuseTaken({ slots: addresses }: TrafficSettings, slot: Slot, signal: AbortSignal): Promise<void> {
  const address = addresses?.[slot]
  if (address === undefined || 'code' in (await connectTo(address.host, address.port, signal))) return
  const where = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`
  throw fail('E_SLOT_UNFIT', `Another program listens at ${where}, where ${slot} is to listen.`, {
    hint: `End it, or give traffic.slots.${slot} another port, here and in the proxy.`,
    facts: { address: where },
  })
}

/** What a plan says of the slots. `stands`: whether what is wanted stands in a slot already, and need not be put there. */
export function slotPhases(
  scene: SlotScene,
  steps: (to: Slot) => {
    readonly fill: readonly Step[]
    readonly settled: readonly Step[]
    readonly stands: boolean
    readonly probe?: ProbeRef
  },
): SlotPhases {
  const { settings, traffic, proxy, services, states, active } = scene
  const to = active === null ? 'blue' : otherSlot(active)
  const { fill, settled, stands, probe = null } = steps(to)
  const { way, weights, holds } = proxy.abilities
  const occupied = states[to].running
  return {
    traffic,
    settings,
    way: way === 'shares' ? 'shares' : 'routes',
    weights,
    holds,
    from: active,
    to,
    warm: occupied && stands,
    occupied,
    // Whoever is the first to be served is started at boot; after that, what was so stays so.
    boots: scene.boots === true || active === null,
    fill,
    settled,
    probe,
    names: { blue: services.blue.describe, green: services.green.describe, proxy: proxy.describe },
  }
}

/** Whoever is said to serve, and runs; else whoever runs: one that nobody knows of would never be let go. */
export function servingOf(said: readonly (Slot | null)[], states: SlotScene['states']): Slot | null {
  return [...said, ...slots].find((slot) => slot !== null && states[slot].running) ?? null
}
