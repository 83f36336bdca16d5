import { problemOf } from '../core/model/problem.ts'
import type { RetiringItem } from '../ports/engine.ts'
import type { Retiring } from '../ports/retiring.ts'
import type { EnginePorts } from './ports.ts'

/** Old versions that are on their way out, as their records say. */
export function retiringItems({ retiring }: Pick<EnginePorts, 'retiring'>): readonly RetiringItem[] {
  return retiring.all().map(itemOf)
}

function itemOf({ run, step, retireAt, warmUntil }: Retiring): RetiringItem {
  const { slot, traffic } = step
  return {
    component: traffic.component,
    run,
    slot,
    retire_at: new Date(retireAt).toISOString(),
    warm_until: new Date(warmUntil).toISOString(),
  }
}

type Retires = Pick<EnginePorts, 'retiring' | 'locks' | 'journal' | 'handlers'>

/** One look at each, by the words of its own step: what is served again stays, what is due ends. Gives those that are left. */
export async function retireDue(ports: Retires, signal: AbortSignal): Promise<readonly RetiringItem[]> {
  for (const { step } of ports.retiring.all()) await retireOne(ports, step.traffic.component, signal)
  return retiringItems(ports)
}

async function retireOne(ports: Retires, component: string, signal: AbortSignal): Promise<void> {
  const held = await ports.locks
    .acquire([`component:${component}`], 'retire the old version')
    .catch((error: unknown) => {
      if (problemOf(error).code === 'E_LOCKED') return null
      throw error
    })
  // A run is going on: it retires it, or needs it.
  if (held === null) return
  try {
    if ((await ports.journal.unfinished()).some((unfinished) => unfinished.component === component)) return
    // Read under the lock: what was on its way out a moment ago may be what people get now.
    const record = ports.retiring.get(component)
    if (record === null) return
    const { run, step } = record
    const { retire } = await ports.handlers()
    await retire.apply({ ...step, requestsMs: 0, front: null }, { run, signal, progress: () => {} })
  } finally {
    held.release()
  }
}
