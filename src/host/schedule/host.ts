import type { RunResult } from '../process/run.ts'

/** What the kinds of schedules touch of a machine. */
export interface ScheduleHost {
  readonly platform: NodeJS.Platform
  /** null where there are none. */
  readonly uid: number | null
  readonly user: string
  readonly home: string
  readonly places: SchedulePlaces
  /** Runs a program to its end, whatever its code. E_COMMAND_NOT_FOUND, E_TIMEOUT. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<RunResult>
}

export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface SchedulePlaces {
  readonly systemUnits: string
  /** Exists where systemd is PID 1. */
  readonly systemdRuntime: string
  readonly lingering: string
  readonly runtime: string
  readonly cronDir: string
  readonly processes: string
}

export const systemPlaces: SchedulePlaces = {
  systemUnits: '/etc/systemd/system',
  systemdRuntime: '/run/systemd/system',
  lingering: '/var/lib/systemd/linger',
  runtime: '/run/user',
  cronDir: '/etc/cron.d',
  processes: '/proc',
}
