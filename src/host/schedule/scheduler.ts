import { type BelayError, fail } from '../../core/model/problem.ts'
import type { ScheduleText, ServiceWork } from '../../ports/schedule.ts'
import { lastLines } from '../process/tail.ts'
import type { Job } from './job.ts'

/** One kind of schedule. */
export interface Scheduler {
  readonly texts: (job: Job) => readonly ScheduleText[]
  readonly commands: (job: Job) => readonly (readonly string[])[]
  /** E_PLATFORM: this host has none. */
  readonly ready: () => Promise<void>
  readonly install: (job: Job) => Promise<{ readonly changed: boolean; readonly state: string | null }>
  /** Something of this name is there, whoever made it. */
  readonly present: (work: ServiceWork) => Promise<boolean>
  /** The path or name of what was removed; null: there was nothing of ours. */
  readonly remove: (work: ServiceWork) => Promise<string | null>
  /** What a person should know about this kind on this host. */
  readonly notes: (work: ServiceWork) => Promise<readonly string[]>
}

export function refused(program: string, output: { readonly stdout: string; readonly stderr: string }): BelayError {
  const said = lastLines(`${output.stdout}\n${output.stderr}`, 3, 300).join(' ')
  return fail('E_COMMAND_FAILED', `${program} refuses: ${said}`, {
    hint: 'Nothing was installed. "belay service print" shows what it was given.',
    facts: { program, said },
  })
}

export function absent(what: string): BelayError {
  return fail('E_PLATFORM', what, { hint: 'Choose another --kind; "belay service print" only shows the text.' })
}
