import type { Deployment } from '../core/detect/deployment.ts'
import type { LogLevel, Settings } from '../protocol/settings.ts'
import type { Engine } from '../ports/engine.ts'
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
  /** What starts a timed check or update on this host. The config is read when it is needed. */
  schedules(options: OpenOptions): Promise<Schedules>
  /** A small text file, bounded; null when there is no such file. */
  readText(path: string): Promise<string | null>
  /** Writes a whole file or nothing; false, and nothing done, when it exists and `overwrite` is not set. */
  writeText(path: string, text: string, options: { readonly overwrite: boolean }): Promise<boolean>
  /** Serves until the signal aborts. */
  serveReleases(options: ServeOptions): Promise<ReleaseServer>
}
