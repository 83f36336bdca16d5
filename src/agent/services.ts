import type { ComponentName } from '../core/model/names.ts'
import { problemOf } from '../core/model/problem.ts'
import { backoff } from '../core/schedule/moment.ts'
import type { AgentPorts, Loaded } from './ports.ts'
import { sentence } from './updates.ts'

/** How long a service may be dead before it is seen. */
export const lookMs = 5000
const againMsFirst = 5000
const againMsMax = 300_000
/** Who lived as long as that is not one that keeps dying. */
const steadyMs = 600_000

interface Deaths {
  readonly count: number
  /** When it was started again, or when that was tried. */
  readonly uptime: number
}

/** Starts services again that died and have no manager but belay. */
export interface Keeper {
  /** One look at each. */
  look(loaded: Loaded, signal: AbortSignal): Promise<void>
}

export function createKeeper(ports: AgentPorts): Keeper {
  const { clock, say } = ports
  const deaths = new Map<ComponentName, Deaths>()
  const revive = async (name: ComponentName, { engine }: Loaded, signal: AbortSignal) => {
    const before = deaths.get(name) ?? null
    if (before !== null) {
      const sinceMs = clock.uptime() - before.uptime
      if (sinceMs < backoff(before.count, againMsFirst, againMsMax)) return
    }
    const steady = before === null || clock.uptime() - before.uptime > steadyMs
    const count = steady ? 1 : before.count + 1
    try {
      if (!(await engine.revive(name, { signal }))) return
      say({ level: 'warn', component: name, run: null, text: 'its service had died and was started again' })
    } catch (error) {
      const problem = problemOf(error)
      // A run is going on: it starts the service itself, or knows why not.
      if (problem.code === 'E_LOCKED' || signal.aborted) return
      say({ level: 'error', component: name, run: null, text: `its service died: ${sentence(problem)}` })
    }
    deaths.set(name, { count, uptime: clock.uptime() })
  }
  return {
    async look(loaded, signal) {
      for (const name of loaded.ownServices) {
        if (!signal.aborted && ports.hasDied(name)) await revive(name, loaded, signal)
      }
    },
  }
}
