import type { Deployment } from '../core/detect/deployment.ts'
import type { Spec } from '../core/model/names.ts'
import type { LogLevel, Settings } from '../protocol/settings.ts'
import type { AuditEvent } from '../ports/access.ts'
import type { Accounts, Passwords, SetupSecret } from '../ports/accounts.ts'
import type { AgentEnd, Reloaded, Say } from '../ports/agent.ts'
import type { BundleRequest, MadeBundle } from '../ports/bundles.ts'
import type { Channels } from '../ports/channels.ts'
import type { Engine } from '../ports/engine.ts'
import type { ManifestTools } from '../ports/manifest-tools.ts'
import type { Publisher, PublisherOptions } from '../ports/publisher.ts'
import type { Schedules } from '../ports/schedule.ts'
import type { ReleaseServer, ServeOptions } from './release/server.ts'

/** A stream of text for people or programs. `process-io.ts` makes two of a process. */
export interface Out {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  /** false: the reader has gone away. */
  readonly writable?: boolean | undefined
}

/** The terminal, or what stands in its place. */
export interface CliIo {
  readonly stdout: Out
  readonly stderr: Out
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Milliseconds since the epoch. */
  now(): number
  /** True when a person can answer: standard input is a terminal. */
  readonly canAsk: boolean
  /** One line that a person typed after `question`; null when the input ended. Rejects with the signal's reason. */
  ask(question: string, signal: AbortSignal): Promise<string | null>
  /** As `ask`, and what is typed is not shown. Without a person, the first line of standard input. */
  askSecret(question: string, signal: AbortSignal): Promise<string | null>
  /**
   * Calls `listener` at each request to stop (Ctrl-C, a terminating signal) instead of ending the process, until the
   * returned function is called. Without a listener such a request ends the process, as usual.
   */
  onInterrupt(listener: () => void): () => void
}

/** The global options, as typed. Searching for the config and the state folder is the opener's work. */
export interface OpenOptions {
  readonly config: string | null
  readonly state: string | null
  readonly logLevel: LogLevel | null
}

/** What `init` asks of this host and of sources, beyond reading files. It changes nothing and keeps nothing. */
export interface Survey {
  /** Names in a folder, sorted and bounded; null: it is none, or it may not be read. */
  list(path: string): Promise<readonly string[] | null>
  /** How many committed files were changed in a git checkout; null: git is not there, or would not say. */
  changes(folder: string): Promise<number | null>
  /** Versions that a source has, asked as `check` would. `allowHttp`: hosts that it may reach over plain http. */
  ask(source: Spec, allowHttp: readonly string[], signal: AbortSignal): Promise<readonly string[]>
  /** E_CONFIG_INVALID, as `loadSettings`, for a text that is not written yet. `file`: where it will be. */
  validate(text: string, file: string): Promise<void>
}

/** Users and tokens, with or without an agent that runs. The caller closes it. */
export interface AccessTools {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly setupSecret: Pick<SetupSecret, 'forget'>
  /** For the audit log, as whoever started this process. E_IO. */
  readonly record: (event: Pick<AuditEvent, 'action' | 'target' | 'outcome'>) => Promise<void>
  /** `bytes` random bytes in lower-case hex. */
  readonly randomHex: (bytes: number) => string
  close(): void
}

/** What the command line needs from the rest; handed in by `main`. Every method throws BelayError. */
export interface CliPorts {
  /** Belay's own version. */
  readonly version: string
  /** The caller closes it. Logs go to standard error or a file, never to standard output. */
  open(options: OpenOptions): Promise<Engine>
  /**
   * Reads and checks the whole config, changing nothing. E_CONFIG_NOT_FOUND; E_CONFIG_INVALID whose `facts.errors` is
   * a list of lines `file:line:column path: what is wrong`.
   */
  loadSettings(options: OpenOptions): Promise<Settings>
  /** What this host is and what fits it; `cwd` may be a checkout that somebody works in. Looks only, and never throws. */
  detect(cwd: string): Promise<Deployment>
  survey(): Promise<Survey>
  /** What starts a timed check or update on this host. The config is read when it is needed. */
  schedules(options: OpenOptions): Promise<Schedules>
  /** A small text file, bounded; null when there is no such file. */
  readText(path: string): Promise<string | null>
  /** Writes a whole file or nothing; false, and nothing done, when it exists and `overwrite` is not set. */
  writeText(path: string, text: string, options: { readonly overwrite: boolean }): Promise<boolean>
  /**
   * The daemon, until it is asked to stop. E_LOCKED: another one holds the state folder. It takes the signals of the
   * process for itself.
   */
  agent(options: OpenOptions, say: Say): Promise<AgentEnd>
  /** E_AGENT_ABSENT; E_CONFIG_INVALID: the agent goes on with the old config. */
  reload(options: OpenOptions): Promise<Reloaded>
  /**
   * Writes one archive with everything that somebody who helps would ask for, without secrets; `file` null: a new one in
   * the working folder. E_USAGE: the file is there already.
   */
  supportBundle(options: OpenOptions, file: string | null): Promise<{ readonly file: string; readonly bytes: number }>
  /** E_USAGE: the file is there already; whatever the source or the trust in it refuses. */
  makeBundle(options: OpenOptions, request: BundleRequest): Promise<MadeBundle>
  access(options: OpenOptions): Promise<AccessTools>
  /** Whom messages are sent to. */
  channels(options: OpenOptions): Promise<Channels>
  /** The publisher's side of update manifests. */
  manifestTools(): Promise<ManifestTools>
  /** The publisher's tools on one folder. */
  publisher(options: PublisherOptions): Promise<Publisher>
  /** Serves until the signal aborts. */
  serveReleases(options: ServeOptions): Promise<ReleaseServer>
}
