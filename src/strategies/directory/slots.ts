import { readFile, readlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Spec } from '../../core/model/names.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { LinkStep, ServiceRef, Step, WriteStep } from '../../core/plan/step.ts'
import { type Slot, slots } from '../../core/traffic/slots.ts'
import { slotWarnings, lookAtSlots, slotPhases, type SlotScene } from '../../host/slots/look.ts'
import type { Installed, Phases, StrategyContext } from '../../ports/strategy.ts'
import { trafficSettings } from '../../protocol/config/traffic.ts'
import { ofRun, slotPaths } from './layout.ts'
import type { DirectoryConfig } from './schema.ts'
import { carrySteps } from './steps.ts'

/**
 * Two instances of one tree of releases: PATH/blue and PATH/green are links into releases/, and PATH/blue.env tells an instance its
 * port. PATH/current stays what says which of them people get.
 */
export function inTwoSlots(config: DirectoryConfig): config is DirectoryConfig & { readonly traffic: Spec } {
  return config.traffic !== undefined && config.traffic.type !== 'none'
}

/** The services of both slots. E_SLOT_UNFIT. */
export async function slotServices(
  config: DirectoryConfig & { readonly traffic: Spec },
  ref: ServiceRef,
  context: Pick<StrategyContext, 'inSlot'>,
): Promise<Readonly<Record<Slot, ServiceRef>>> {
  const { slots: addresses } = trafficSettings(config.traffic)
  const of = (slot: Slot) =>
    context.inSlot({ ...ref, cwd: join(config.path, slot) }, slot, addresses?.[slot].port ?? null)
  return { blue: await of('blue'), green: await of('green') }
}

/** The slot whose link leads where `current` does; null: neither does yet. */
export async function writtenSlot(path: string): Promise<Slot | null> {
  const current = await linkText(slotPaths(path).link)
  if (current === null) return null
  const same: Slot[] = []
  for (const slot of slots) if ((await linkText(join(path, slot))) === current) same.push(slot)
  return same.length === 1 ? (same[0] ?? null) : null
}

function linkText(path: string): Promise<string | null> {
  return readlink(path).catch(() => null)
}

/** `tree`: the release in releases/ that people are to get; `current` the step that says so once they do. */
export async function inSlots(
  config: DirectoryConfig & { readonly traffic: Spec },
  now: Installed,
  tree: string,
  current: Step,
  phases: Phases,
  context: StrategyContext,
): Promise<Phases | Problem> {
  if (now.service === null) return noService()
  const services = await slotServices(config, { ...now.service.ref, spec: config.service }, context)
  const scene = await lookAtSlots(config.traffic, services, await writtenSlot(config.path), context)
  const text = `releases/${basename(tree)}`
  const links = { blue: await linkText(join(config.path, 'blue')), green: await linkText(join(config.path, 'green')) }
  const files = { blue: await envOf(config, 'blue', scene), green: await envOf(config, 'green', scene) }
  const again = carrySteps(config, now.tree, tree, 'before', 'preserved files, again')
  const planned = slotPhases(scene, (to) => {
    const stands = links[to] === text
    const link: LinkStep = {
      kind: 'link',
      phase: 'before',
      detail: `${to} → ${text}`,
      link: join(config.path, to),
      to: text,
      from: links[to],
      temporary: join(config.path, ofRun(`.${to}`, context.run)),
    }
    return {
      fill: stands ? [] : [...again, link, ...write(files[to], to, config, context)],
      settled: [current],
      stands,
    }
  })
  const refused = migrationRefusal(config, planned.settings.twice, planned.settings.expands)
  if (refused !== null) return refused
  return {
    ...phases,
    stopped: [],
    slots: planned,
    service: planned.traffic.services[planned.to],
    warnings: [...phases.warnings, ...slotWarnings(scene), ...keptApart(config)],
  }
}

/** The port and the name of its slot, for units that read it with EnvironmentFile=. */
async function envOf({ path }: DirectoryConfig, slot: Slot, { traffic }: SlotScene) {
  const port = traffic.slots?.[slot].port ?? null
  const file = join(path, `${slot}.env`)
  const content = `# Written by belay.\nBELAY_SLOT=${slot}\n${port === null ? '' : `PORT=${port}\n`}`
  return { file, content, previous: await readFile(file, 'utf8').catch(() => null) }
}

function write(
  { file, content, previous }: { readonly file: string; readonly content: string; readonly previous: string | null },
  slot: Slot,
  { path }: DirectoryConfig,
  { run }: StrategyContext,
): readonly WriteStep[] {
  if (content === previous) return []
  const temporary = join(path, ofRun(`.${slot}.env`, run))
  return [
    {
      kind: 'write',
      phase: 'before',
      detail: file,
      path: file,
      content,
      previous,
      mode: 0o644,
      temporary,
      reload: null,
    },
  ]
}

/** An old version must be able to go on while the new one has changed the data, or there cannot be two. */
function migrationRefusal({ migrate }: DirectoryConfig, twice: boolean, expands: boolean): Problem | null {
  if (migrate.length === 0 || !twice || expands) return null
  return problem(
    'E_SLOT_UNFIT',
    `"${migrate[0]?.join(' ')}" changes data that the old version still works with, and nothing says that it can go on with them.`,
    {
      hint: 'If every migration leaves the data usable for the version before, write migrations: expand in traffic:. If not, write twice: false: requests then wait while one version follows the other.',
    },
  )
}

function keptApart({ preserve }: DirectoryConfig): readonly string[] {
  if (preserve.length === 0) return []
  return [
    `Each version has its own ${preserve.join(', ')}: what the old one writes there after the new one was started stays with it.`,
  ]
}

function noService(): Problem {
  return problem('E_SLOT_UNFIT', 'traffic: needs a service that can run twice.', {
    hint: 'Add service: { type: systemd, unit: "name@" } or service: { type: process, command: […] } to the strategy.',
  })
}
