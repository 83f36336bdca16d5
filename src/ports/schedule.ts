/** What of the host starts a timed check or update, or the agent. */
export type ScheduleKind = 'systemd' | 'cron' | 'launchd' | 'schtasks'

export const scheduleKinds: readonly ScheduleKind[] = ['systemd', 'cron', 'launchd', 'schtasks']

/** `agent` is started with the host and stays; the others are started in time and end. */
export type ServiceWork = 'check' | 'update' | 'agent'

export const serviceWorks: readonly ServiceWork[] = ['check', 'update', 'agent']

export interface ScheduleRequest {
  /** null: what this host has. */
  readonly kind: ScheduleKind | null
  readonly work: ServiceWork
  /** A cron line; null: once a night. The agent has none: its times are in the config. */
  readonly at: string | null
  /** Names or aliases; none means every component. */
  readonly names: readonly string[]
}

export interface ScheduleText {
  /** Where it goes; null: into the crontab of the user. */
  readonly path: string | null
  readonly text: string
}

/** A schedule as it is written for this host. */
export interface Scheduled {
  readonly kind: ScheduleKind
  /** Why this kind, in one sentence. */
  readonly why: string
  readonly work: ServiceWork
  /** null: with the host. */
  readonly at: string | null
  readonly times_per_day: number
  /** ISO 8601: when it comes next, before any delay. */
  readonly next: readonly string[]
  /** Up to so many seconds later than that, so that a fleet does not ask at once. */
  readonly delay_seconds: number
  readonly files: readonly ScheduleText[]
  /** What makes it known to the host, once the files are there. */
  readonly commands: readonly (readonly string[])[]
  /** What a person should know: a variable that is not there at night, a user whose units end with the session. */
  readonly notes: readonly string[]
}

export interface InstalledSchedule extends Scheduled {
  /** false: all was there already, as it is to be. */
  readonly changed: boolean
  /** What the host says of it now. */
  readonly state: string | null
}

/** `path`: a file, `crontab`, or the name of a task. */
export interface RemovedSchedule {
  readonly kind: ScheduleKind
  readonly work: ServiceWork
  readonly path: string
}

/**
 * E_USAGE: a cron line that is none, or that this kind cannot express. E_COMPONENT_UNKNOWN. E_PLATFORM: this host has no
 * such thing. E_FILE_CHANGED: what is there was edited, or is not belay's: never touched. E_COMMAND_FAILED: the host
 * refuses it; what was written before is taken back.
 */
export interface Schedules {
  /** Changes nothing. */
  print(request: ScheduleRequest): Promise<Scheduled>
  /** Written, made known, and looked at. Again: changes nothing. */
  install(request: ScheduleRequest): Promise<InstalledSchedule>
  /** Of what belay wrote, all that is named; null means every kind of this host, and every work. */
  uninstall(what: {
    readonly kind: ScheduleKind | null
    readonly work: ServiceWork | null
  }): Promise<readonly RemovedSchedule[]>
}
