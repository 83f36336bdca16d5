import type { Adapters } from '../ports/adapters.ts'
import type { Clock } from '../ports/clock.ts'
import type { RetiringRecords } from '../ports/retiring.ts'
import type { ResumeCommand } from '../ports/service.ts'

/** What handlers reach the machine through; all of it ports, so that no handler knows an adapter. */
export interface StepPorts {
  readonly adapters: Adapters
  readonly clock: Clock
  readonly resume: ResumeCommand
  readonly retiring: RetiringRecords
}
