import type { Problem } from '../model/problem.ts'
import type { Slot } from '../traffic/slots.ts'

/** Something that would not work as this host stands. Sentences are `protocol/words/doctor`'s. */
export type Finding =
  | { readonly code: 'problem'; readonly component: string | null; readonly problem: Problem }
  | { readonly code: 'state-room'; readonly component: null; readonly path: string; readonly freeBytes: number }
  | { readonly code: 'agent-absent'; readonly component: string; readonly needs: 'service' | 'policy' | 'drain' }
  | { readonly code: 'unfinished'; readonly component: string; readonly run: string }
  | { readonly code: 'version-unknown'; readonly component: string }
  | { readonly code: 'service-missing'; readonly component: string; readonly service: string }
  | {
      readonly code: 'source-failed'
      readonly component: string
      readonly problem: Pick<Problem, 'code' | 'message' | 'hint'>
    }
  | { readonly code: 'backup-place'; readonly component: string; readonly problem: Problem }
  | { readonly code: 'unguarded'; readonly component: string; readonly service: string }
  | { readonly code: 'ignores-term'; readonly component: string; readonly patienceMs: number | null }

/** How a process stands to SIGTERM, seen without telling it anything. */
export interface ProcessSeen {
  readonly pid: number
  /** The first process of a container: signals that it does not handle do not reach it. */
  readonly first: boolean
  /** null: cannot be seen. Node catches SIGTERM for itself, whether or not its program does. */
  readonly handles: boolean | null
  /** How long its manager waits before it kills; null: for ever, or not known. */
  readonly patience_ms: number | null
}

/** Why nothing was tried. */
export type NotTried =
  | { readonly why: 'no-slots' | 'not-installed' | 'not-served' | 'shared-door' | 'one-at-a-time' }
  | { readonly why: 'occupied'; readonly slot: Slot }
  | { readonly why: 'unfinished'; readonly run: string }
  /** It is among the findings. */
  | { readonly why: 'refused' }

/** What a request and an idle connection met when the process was told to end. Times in ms since then. */
export interface SeenAtPort {
  /** `half-sent`: its last line followed after SIGTERM. `slow`: it was being answered. */
  readonly request: 'slow' | 'half-sent'
  /** `quick`: it was answered before anybody was told anything. */
  readonly answered: 'yes' | 'no' | 'quick'
  /** `none`: it keeps no connections. `stayed`: it was open until the end. */
  readonly idle: 'closed' | 'reset' | 'stayed' | 'none'
  readonly idle_ms: number | null
  /** When the first new connection was not answered any more; null: all were, until the end. */
  readonly refuses_ms: number | null
}

/** A second instance that was started beside the one that serves, and told to end. */
export interface Trial {
  readonly slot: Slot
  readonly version: string | null
  /** null: it did not get ready, and `problem` says why. */
  readonly ready_ms: number | null
  readonly problem: Problem | null
  /** What the one that serves was asked meanwhile; `steady`: its process stayed the same. */
  readonly served: { readonly asked: number; readonly failed: number; readonly steady: boolean }
  readonly process: ProcessSeen | null
  readonly port: SeenAtPort | null
  /** From SIGTERM until it was gone; null: it was not, and was killed. */
  readonly gone_ms: number | null
  readonly waited_ms: number
  readonly exit_code: number | null
}

export interface DoctorReport {
  readonly findings: readonly Finding[]
  /** Left out: nobody asked for it. */
  readonly process?: ProcessSeen | null
  readonly trial?: Trial | null
  readonly not_tried?: NotTried | null
}
