import type { ZodType } from 'zod'
import type { Spec } from '../core/model/names.ts'
import type { ServiceRef } from '../core/plan/step.ts'
import type { Slot } from '../core/traffic/slots.ts'

/** `restarts` and `since` let a check see a service that keeps dying. `pid` is never remembered, only shown. */
export interface ServiceState {
  readonly found: boolean
  readonly running: boolean
  /** The manager's own word: active, activating, failed, inactive … */
  readonly state: string
  /** true: it has ended, and nothing starts it again by itself, so that waiting for it is in vain. */
  readonly over?: boolean
  readonly pid: number | null
  readonly restarts: number
  /** Milliseconds since the epoch, null when not running or not known. */
  readonly since: number | null
  /** The user that it runs as, null when its manager does not say. */
  readonly user: string | null
  /** Paths that its definition names (working directory, program): tells whether it runs from `current`. */
  readonly paths: readonly string[]
  /** What its manager calls its parts: the names of containers. Absent: it has none. */
  readonly names?: readonly string[]
  /** What its own health check says; null or absent: it has none. */
  readonly health?: 'healthy' | 'unhealthy' | 'starting' | null
  /** What that check said last. */
  readonly healthOutput?: string | null
  /** How it ended, where its manager says; null or absent: it does not, or it runs. */
  readonly exitCode?: number | null
}

/**
 * A running thing. All verbs are idempotent: stopping a stopped service and starting a running one succeed.
 * `start` returns when the manager says it was started, not when it is healthy: checks tell that.
 * Errors: E_SERVICE_NOT_FOUND, E_SERVICE_START, E_SERVICE_STOP, E_COMMAND_NOT_FOUND, E_PERMISSION.
 */
export interface Service {
  /**
   * true: `start` brings up what its files say now and ends what ran before, so that running alone does not show that
   * it was done. Absent: it leaves alone what runs.
   */
  readonly replaces?: boolean
  inspect(): Promise<ServiceState>
  start(signal: AbortSignal): Promise<void>
  stop(signal: AbortSignal): Promise<void>
  /**
   * Tells it to end, as `stop` does, and returns at once: it may finish what it has for as long as its manager lets it, and
   * nothing starts it again. `stop` ends it for good. Absent: its kind cannot.
   */
  terminate?(signal: AbortSignal): Promise<void>
  /** How long its manager lets it finish before it kills it; null: for ever. Absent: not known. */
  patienceMs?(): Promise<number | null>
  /** Whether it is started at boot. Absent: its kind knows no boot, such as a container that its engine starts again. */
  boots?(): Promise<boolean>
  setBoot?(on: boolean, signal: AbortSignal): Promise<void>
  /** Definitions on disk changed (drop-ins): read them again. Nothing where there is no manager. */
  reload(): Promise<void>
  /**
   * The small file (a drop-in) that makes its definition say `to` wherever it says the folder `from`; with null, the
   * removal of that file. null: there is nothing to write or to remove. Reads only; a `write` step acts.
   */
  relocation(move: { readonly from: string; readonly to: string } | null): Promise<Relocation | null>
  /** The last lines since `sinceMs` (epoch), oldest first, at most `linesMax`, each cut to 2,000 characters. */
  logs(sinceMs: number, linesMax: number): Promise<readonly string[]>
}

export interface Relocation {
  readonly path: string
  readonly content: string | null
  readonly previous: string | null
}

export interface ServiceKind<C> {
  readonly kind: string
  readonly config: ZodType<C>
  /** What the service holds of the host, for locks: `unit:system/dunebugger`; null when nothing shared. */
  resource(config: C): `${'unit' | 'project'}:${string}` | null
  /** `systemd dunebugger`. */
  describe(config: C): string
  open(config: C, ref: ServiceRef): Service
  /**
   * The same service as the one of two that runs in that slot; `port`: where it is to listen, null: on a socket that both share.
   * A text: why it cannot have two, and what to do. Absent: this kind cannot.
   */
  inSlot?(config: C, slot: Slot, port: number | null): Spec | string
  /**
   * Makes sure that nothing starts on a half-switched tree after a power cut. Idempotent.
   * null: this kind has no such means, and the plan says so.
   */
  readonly guard: BootGuard<C> | null
}

export interface BootGuard<C> {
  install(config: C, resume: ResumeCommand): Promise<void>
  /** Whether it would wait at the next boot. */
  installed(config: C): Promise<boolean>
  /** Removes the drop-in of this service; the shared resume unit stays while others use it. */
  remove(config: C): Promise<void>
}

/** The command that finishes unfinished runs, as a service manager would call it. */
export interface ResumeCommand {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** Opened from what a plan or a config carries. */
export interface OpenService extends Service {
  readonly describe: string
  readonly resource: `${'unit' | 'project'}:${string}` | null
  readonly guard: {
    install(resume: ResumeCommand): Promise<void>
    installed(): Promise<boolean>
    remove(): Promise<void>
  } | null
}
