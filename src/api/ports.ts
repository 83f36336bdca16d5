import type { ComponentName } from '../core/model/names.ts'
import type { Facts, Problem } from '../core/model/problem.ts'
import type { Deployment } from '../core/detect/deployment.ts'
import type { Audit, AuditLog, Gate } from '../ports/access.ts'
import type { Accounts, Passwords } from '../ports/accounts.ts'
import type { Channels } from '../ports/channels.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { Engine } from '../ports/engine.ts'
import type { Page } from '../ports/page.ts'
import type { Settings } from '../protocol/settings.ts'
import type { SettingsChange } from '../protocol/settings-file.ts'
import type { Logins } from './access/login.ts'
import type { Overview } from './runs/overview.ts'
import type { PublicStanding } from './compat/public.ts'
import type { Starter } from './runs/start.ts'
import type { Watcher } from './runs/watch.ts'

/** The config that holds now, and the engine of it. */
export interface ApiLoaded {
  readonly settings: Settings
  /** Closed by the agent. */
  readonly engine: Engine
}

/** For those who log in, and those who say who may. */
export interface AccessPorts {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly logins: Logins
  readonly auditLog: Pick<AuditLog, 'read'>
  readonly hostName: string
}

/** What the page may change of the config, in a file of its own. */
export interface PageSettings {
  readonly file: string
  /**
   * Checks it with the whole config, writes it, and lets the agent read it. `etag`: of what it was made for; null: of
   * whatever there is. E_CONFLICT, E_CONFIG_INVALID (`facts.errors`), E_COMPONENT_UNKNOWN.
   */
  change(wanted: SettingsChange, etag: string | null): Promise<void>
  /** For a channel: `name` is a file name of nothing but letters, digits, `.`, `-` and `_`. */
  writeSecret(name: string, value: string): Promise<void>
  secretFile(name: string): string
}

/** What the API reaches the world through. Handed in by `main`. */
export interface ApiPorts {
  /** The engine is kept open until `work` is done, also over a reload. */
  readonly use: <T>(work: (loaded: ApiLoaded) => Promise<T>) => Promise<T>
  /** Something that changes a component and is no run: a stop of the agent waits for it. */
  run<T>(component: ComponentName, work: (loaded: ApiLoaded, signal: AbortSignal) => Promise<T>): Promise<T>
  /** Begins runs; nobody waits for their end. */
  readonly starter: Starter
  readonly watcher: Watcher
  readonly overview: Overview
  readonly pageSettings: PageSettings
  readonly stateDir: string
  /** What `belay detect --json` prints. Looked at once in a while. */
  deployment(): Promise<Facts>
  /** Aborts when the agent is asked to stop: answers that wait for something to happen end then. */
  readonly stopping: AbortSignal
  /** Reads the config again. Why it was not taken; null: it was. */
  reload(): Promise<Problem | null>
  readonly gate: Gate
  readonly audit: Audit
  readonly access: AccessPorts
  readonly page: Page
  /** Whom messages are sent to. */
  channels(loaded: ApiLoaded): Channels
  readonly clock: SteadyClock
  readonly version: string
  /** What this host is. It takes a while, the first time. */
  detect(): Promise<Deployment>
  /** What everybody may know of the one application that `agent.compat.system` names. */
  publicStanding(): Promise<PublicStanding>
  /** A `.tar.gz` for whoever helps, without secrets. */
  bundle(loaded: ApiLoaded): Promise<ReadableStream>
  /** This very process, as it is now. */
  self(): { readonly residentBytes: number; readonly cpuSeconds: number; readonly startSeconds: number }
}
