import type { Adapters } from '../ports/adapters.ts'
import type { Clock } from '../ports/clock.ts'
import type { Host } from '../ports/host.ts'
import type { Journal } from '../ports/journal.ts'
import type { LastChecks } from '../ports/last-checks.ts'
import type { JudgeManifest } from '../ports/manifest.ts'
import type { Locks } from '../ports/locks.ts'
import type { SelfRuns } from '../ports/self.ts'
import type { Notifications } from '../ports/notifications.ts'
import type { Prover } from '../core/trust/prover.ts'
import type { RetiringRecords } from '../ports/retiring.ts'
import type { StepHandlers } from '../ports/step.ts'
import type { Witness } from '../ports/witness.ts'
import type { Settings } from '../protocol/settings.ts'

/** Everything the use cases reach the world through. Handed in by `main`. */
export interface EnginePorts {
  readonly settings: Settings
  /** Belay's own, which `requires: {agent: …}` speaks of. */
  readonly version: string
  readonly stateDir: string
  readonly adapters: Adapters
  /** Each loads its code when it is first asked. */
  readonly provers: readonly Prover[]
  /** Loaded with the first manifest that is found. */
  readonly manifests: () => Promise<JudgeManifest>
  /** Loaded with the first run. */
  readonly handlers: () => Promise<StepHandlers>
  readonly journal: Journal
  readonly locks: Locks
  readonly retiring: RetiringRecords
  readonly lastChecks: LastChecks
  /** Loaded with the first offer. */
  readonly notifications: () => Promise<Notifications>
  /** Loaded with the first plan, and with the first run that moves Belay itself. */
  readonly self: () => Promise<SelfRuns>
  /** Loaded when a running program is looked at. */
  readonly witness: () => Promise<Witness>
  readonly clock: Clock
  readonly host: Host
  readonly ballast: { ensure(): void; drop(): void }
  /** Joins path parts as the host does. */
  readonly join: (...parts: string[]) => string
}
