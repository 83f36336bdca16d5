import type { Spec } from '../../core/model/names.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { ProbeRef, ServiceRef, Step } from '../../core/plan/step.ts'
import { mainSlot, type Slot, slots } from '../../core/traffic/slots.ts'
import { lookAtSlots, slotPhases, slotWarnings } from '../../host/slots/look.ts'
import type { Container } from '../../host/containers/types.ts'
import type { Phases, StrategyContext } from '../../ports/strategy.ts'
import { trafficSettings } from '../../protocol/config/traffic.ts'
import { type ComposeConfig, listOf } from './schema.ts'

export type SlottedConfig = ComposeConfig & { readonly traffic: Spec }

/** Two services of the compose file for each that the config names: `web` runs as `web-blue` and `web-green`. */
export function inTwoSlots(config: ComposeConfig): config is SlottedConfig {
  return config.traffic !== undefined && config.traffic.type !== 'none'
}

export function configOf(config: ComposeConfig, slot: Slot): ComposeConfig {
  return { ...config, service: listOf(config.service).map((service) => `${service}-${slot}`) }
}

/** What is asked of a slot's own containers and services. */
export interface SlotSide {
  readonly config: ComposeConfig
  readonly ref: ServiceRef
  readonly probe: ProbeRef
  readonly containers: readonly Container[]
}

export type SlotSides = Readonly<Record<Slot, SlotSide>>

/**
 * Which of them people get: what the proxy says, where it can be asked; else the one that runs, or that was started last. To look must
 * not need the proxy.
 */
export async function servingSlot(config: SlottedConfig, sides: SlotSides, context: StrategyContext): Promise<Slot> {
  const running = slots.filter((slot) => sides[slot].containers.some(({ state }) => state === 'running'))
  const [only] = running
  if (running.length < 2) return only ?? 'blue'
  const traffic = {
    component: context.component,
    spec: config.traffic,
    slots: trafficSettings(config.traffic).slots,
    services: { blue: sides.blue.ref, green: sides.green.ref },
  }
  const proxy = await context.traffic(traffic)
  const { shares } = await proxy.served(context.signal).catch(() => ({ shares: { blue: 0, green: 0 } }))
  const main = proxy.abilities.way === 'routes' ? mainSlot(shares) : null
  return main ?? (since(sides.green) > since(sides.blue) ? 'green' : 'blue')
}

function since({ containers }: SlotSide): number {
  return Math.max(0, ...containers.map(({ startedMs }) => startedMs ?? 0))
}

/** The same update beside what runs: `fill` gives what brings the image into a slot, and whether it is there already. */
export async function inSlots(
  config: SlottedConfig,
  sides: SlotSides,
  active: Slot,
  fill: (to: Slot) => Promise<{ readonly steps: readonly Step[]; readonly stands: boolean }>,
  phases: Phases,
  context: StrategyContext,
): Promise<Phases | Problem> {
  const services = { blue: sides.blue.ref, green: sides.green.ref }
  const scene = await lookAtSlots(config.traffic, services, active, context)
  const { twice, expands } = scene.settings
  if (context.data.length > 0 && twice && !expands) return dataRefusal()
  const filled = { blue: await fill('blue'), green: await fill('green') }
  const planned = slotPhases(scene, (to) => ({
    fill: filled[to].steps.map((step) => ({ ...step, phase: 'after' as const })),
    settled: [],
    stands: filled[to].stands,
    probe: sides[to].probe,
  }))
  const warnings = [...phases.warnings, ...slotWarnings(scene)]
  return { ...phases, stopped: [], slots: planned, service: services[planned.to], warnings }
}

/** What a new image does to its data at its start, nobody outside can know. */
function dataRefusal(): Problem {
  return problem('E_SLOT_UNFIT', 'Both versions would work with the same data, and nothing says that they can.', {
    hint: 'If every new version leaves the data usable for the one before, write migrations: expand in traffic:. If not, write twice: false: requests then wait while one version follows the other.',
  })
}
