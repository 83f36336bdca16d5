import type { Problem } from '../core/model/problem.ts'

/** One line of what the agent does. */
export interface AgentLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly component: string | null
  readonly run: string | null
  readonly text: string
}

export type Say = (line: AgentLine) => void

/** `left`: a run was still under way; its journal is all that the next start needs. */
export type AgentEnd = 'stopped' | 'left'

/** What became of a request to read the config again. */
export interface Reloaded {
  readonly pid: number
  readonly config: string | null
}

/** What the agent of a state folder says of itself, for other commands. */
export interface AgentNote {
  readonly pid: number
  /** Names the process among all that have or will have that pid; null where the host does not tell. */
  readonly startTicks: number | null
  readonly config: string | null
  /** How often a config was read, the first time included. */
  readonly loads: number
  /** Why the last one was not taken; null: it was. */
  readonly problem: Problem | null
}

/** `read`: null when nothing is there, or nothing that can be understood. Whether the agent runs, its lock tells. */
export interface AgentNotes {
  write(note: AgentNote): void
  read(): AgentNote | null
  remove(): void
}
