import type { CronSchedule } from '../../core/schedule/cron.ts'
import type { TimedWork } from '../../ports/schedule.ts'

/** What is to be started, and when. Nothing in it is a secret: it is written where others can read it. */
export interface Job {
  readonly work: TimedWork
  readonly argv: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
  readonly at: CronSchedule
  readonly delaySeconds: number
  /** Where the words of a failure stay, on hosts that keep no journal. */
  readonly failureFile: string
}

/** The name of units, files and tasks. */
export function jobName({ work }: Pick<Job, 'work'>): string {
  return `belay-${work}`
}

export function describe({ work }: Pick<Job, 'work'>): string {
  return work === 'check' ? 'Belay: ask the sources for updates' : 'Belay: install updates'
}

/** Codes that are answers. 10: there are updates, which is what a check is for. */
export function goodCodes({ work }: Pick<Job, 'work'>): readonly number[] {
  return work === 'check' ? [0, 10] : [0]
}

/** How long a run that is told to stop may take to put everything back, before it is killed and left to `resume`. */
export const stopSeconds = 300
/** A check that takes longer than this asks nobody any more. */
export const checkSeconds = 900
