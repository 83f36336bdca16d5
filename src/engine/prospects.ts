import type { ComponentName, RunId } from '../core/model/names.ts'
import { problemOf } from '../core/model/problem.ts'
import { updateOrder } from '../core/plan/order.ts'
import type { Outlook, Prospect, UpdateOptions } from '../ports/engine.ts'
import type { Opened } from './component.ts'
import type { EnginePorts } from './ports.ts'
import { considerUpdate, heldProblem } from './update.ts'

/** What each would do, in the order of what requires what. Reads only. */
export async function prospectsOf(
  ports: EnginePorts,
  names: readonly ComponentName[],
  options: UpdateOptions,
  open: (name: ComponentName) => Promise<Opened>,
  signal: AbortSignal,
): Promise<readonly Prospect[]> {
  const { components } = ports.settings
  const requires = new Map([...components].map(([name, settings]) => [name, Object.keys(settings.requires)] as const))
  const left = new Map<string, RunId>((await ports.journal.unfinished()).map(({ component, run }) => [component, run]))
  const coming = new Map<string, string>()
  const prospects: Prospect[] = []
  for (const component of updateOrder(requires, [...new Set(names)])) {
    const about = { component, requires: components.get(component)?.requires ?? {} }
    const run = left.get(component)
    const prospect: Prospect =
      run !== undefined
        ? { ...about, kind: 'unfinished', run }
        : { ...about, ...(await prospectOf(ports, component, options, open, coming, signal)) }
    if (prospect.kind === 'plan') {
      for (const target of prospect.plan.targets) if (target.to !== null) coming.set(target.component, target.to)
    }
    prospects.push(prospect)
  }
  return prospects
}

async function prospectOf(
  ports: EnginePorts,
  name: ComponentName,
  options: UpdateOptions,
  open: (name: ComponentName) => Promise<Opened>,
  coming: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Outlook> {
  try {
    const opened = await open(name)
    const considered = await considerUpdate(ports, opened, options, coming, signal)
    if ('plan' in considered) return { kind: 'plan', plan: considered.plan }
    if ('current' in considered) return { kind: 'current', current: considered.current }
    const { release, by } = considered.held
    const from = opened.installed.version
    return { kind: 'held', from, to: release.version, by, problem: heldProblem(considered.held, name) }
  } catch (error) {
    return { kind: 'failed', problem: problemOf(error) }
  }
}
