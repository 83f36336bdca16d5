import type { ComponentName } from '../core/model/names.ts'
import type { Problem } from '../core/model/problem.ts'
import type { Say } from '../ports/agent.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { Engine } from '../ports/engine.ts'
import type { LastChecks } from '../ports/last-checks.ts'
import type { Settings } from '../protocol/settings.ts'

/** Everything that comes from one reading of the config. */
export interface Loaded {
  readonly settings: Settings
  /** Closed by the agent. */
  readonly engine: Engine
  readonly lastChecks: Pick<LastChecks, 'get'>
  /** Components whose service has no manager but belay. */
  readonly ownServices: readonly ComponentName[]
}

/** What the agent reaches the world through. Handed in by `main`. */
export interface AgentPorts {
  /** Reads the config anew, the whole of it. Throws BelayError, E_CONFIG_INVALID with `facts.errors` among them. */
  load(): Promise<Loaded>
  /** Tells whoever asked what became of a load; null: it was taken. */
  noted(problem: Problem | null): void
  readonly clock: SteadyClock
  /** From 0 to 1, the same for a component at every start, another on every host. */
  share(component: ComponentName): number
  /** Whether a service of `ownServices` is meant to run and does not. Cheap: it is asked every few seconds. */
  hasDied(component: ComponentName): boolean
  readonly say: Say
  /** Somebody asks to stop; again: at once. */
  onStop(listener: () => void): void
  onReload(listener: () => void): void
}
