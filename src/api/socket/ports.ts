import type { Audit, Gate } from '../../ports/access.ts'
import type { SteadyClock } from '../../ports/clock.ts'
import type { ApiLoaded } from '../ports.ts'
import type { Starter } from '../runs/start.ts'
import type { Watcher } from '../runs/watch.ts'

/** What sockets reach the world through. */
export interface SocketPorts {
  use<T>(work: (loaded: ApiLoaded) => Promise<T>): Promise<T>
  readonly gate: Gate
  readonly audit: Audit
  readonly starter: Starter
  readonly watcher: Watcher
  readonly clock: SteadyClock
  /** Aborts when the agent is asked to stop. */
  readonly stopping: AbortSignal
  /** The name of this device. */
  readonly hostName: string
}
