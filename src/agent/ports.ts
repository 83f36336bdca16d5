import type { ComponentName } from '../core/model/names.ts'
import type { Problem } from '../core/model/problem.ts'
import type { Say } from '../ports/agent.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { Engine } from '../ports/engine.ts'
import type { LastChecks } from '../ports/last-checks.ts'
import type { Listener } from '../ports/progress.ts'
import type { Settings } from '../protocol/settings.ts'

/** Everything that comes from one reading of the config. */
export interface Loaded {
  readonly settings: Settings
  /** Closed by the agent. */
  readonly engine: Engine
  readonly lastChecks: Pick<LastChecks, 'get'>
  /** Opened while a version was on trial, and to be opened again once that is over. Absent: it was not. */
  readonly provisional?: boolean
  /** Components whose service has no manager but belay. */
  readonly ownServices: readonly ComponentName[]
  /** Components that belay itself stands in front of. */
  readonly ownForwards: readonly ComponentName[]
}

/** What the agent lets others use while it runs. */
export interface Inside {
  /** The config that holds now; its engine stays open until `work` is done, also over a reload. */
  readonly use: <T>(work: (loaded: Loaded) => Promise<T>) => Promise<T>
  /**
   * Something that changes a component. As `use`, and a request to stop asks it to go back and waits for it, as `cancel`
   * does. E_STOPPING: nothing is begun any more.
   */
  readonly run: <T>(component: ComponentName, work: (loaded: Loaded, signal: AbortSignal) => Promise<T>) => Promise<T>
  /** Asks the run of a component to go back, whoever began it in this process. false: none goes on here. */
  readonly cancel: (component: ComponentName) => boolean
  /** Events of every run in this process, over reloads. */
  readonly subscribe: (listener: Listener) => () => void
  /** Reads the config again, as SIGHUP does. Why it was not taken; null: it was. */
  readonly reload: () => Promise<Problem | null>
  /** Called with each config that takes the place of another. */
  onLoaded(watcher: (settings: Settings) => void): void
  /** Aborts when the agent is asked to stop: what waits for something to happen ends then. */
  readonly stopping: AbortSignal
}

/** What the agent reaches the world through. Handed in by `main`. */
export interface AgentPorts {
  /** Reads the config anew, the whole of it. Throws BelayError, E_CONFIG_INVALID with `facts.errors` among them. */
  load(): Promise<Loaded>
  /** It has read its config, opened the state and listens where it is to: a version on trial says so. */
  ready(): Promise<void>
  /** Tells whoever asked what became of a load; null: it was taken. */
  noted(problem: Problem | null): void
  readonly clock: SteadyClock
  /** From 0 to 1, the same for a component at every start, another on every host. */
  share(component: ComponentName): number
  /** Whether a service of `ownServices` is meant to run and does not. Cheap: it is asked every few seconds. */
  hasDied(component: ComponentName): boolean
  /** One look at each forwarder: those that died are started again, and given. */
  keepForwards(loaded: Loaded, signal: AbortSignal): Promise<readonly ComponentName[]>
  readonly say: Say
  /** Messages to people: begins to send what is due and gives the time until the next look, also when it is woken. */
  readonly notify: {
    look(loaded: Loaded): Promise<number>
    onWake(listener: () => void): void
  }
  /** Somebody asks to stop; again: at once. */
  onStop(listener: () => void): void
  onReload(listener: () => void): void
  /** Opens API and page; what it gives closes them. */
  open(inside: Inside): Promise<() => Promise<void>>
}
