import type { CronSchedule } from '../../core/schedule/cron.ts'
import type { ServiceWork } from '../../ports/schedule.ts'

/** What is to be started. Nothing in it is a secret: it is written where others can read it. */
interface AnyJob {
  readonly argv: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
  /** Where the words of a failure stay, on hosts that keep no journal. */
  readonly failureFile: string
}

export interface TimedJob extends AnyJob {
  readonly work: 'check' | 'update'
  readonly at: CronSchedule
  readonly delaySeconds: number
}

/** Started with the host, and again when it fails. */
export interface AgentJob extends AnyJob {
  readonly work: 'agent'
  /** Lets it read its config again, and waits for what comes of it. */
  readonly reload: readonly [string, ...string[]]
}

export type Job = TimedJob | AgentJob

interface Named {
  readonly work: ServiceWork
}

/** The name of units, files and tasks. */
export function jobName({ work }: Named): string {
  return `belay-${work}`
}

export function describe({ work }: Named): string {
  switch (work) {
    case 'check':
      return 'Belay: ask the sources for updates'
    case 'update':
      return 'Belay: install updates'
    case 'agent':
      return 'Belay: keep software up to date'
  }
}

/** Codes that are answers. 10: there are updates, which is what a check is for. */
export function goodCodes({ work }: Named): readonly number[] {
  return work === 'check' ? [0, 10] : [0]
}

/** How long a run that is told to stop may take to put everything back, before it is killed and left to `resume`. */
export const stopSeconds = 300
/** A check that takes longer than this asks nobody any more. */
export const checkSeconds = 900
/** Between an agent that failed and the next. */
export const againSeconds = 30
