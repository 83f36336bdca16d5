import type { Auto, Reasoned, Schedule, ToolNotes } from './advice.ts'
import type { Followed } from './image.ts'
import type { ComposeText } from './read.ts'

/** A compose file as one project has it; `files`: with its override, in the order of their -f. */
export interface ComposeFile {
  readonly files: readonly [string, ...string[]]
  readonly text: ComposeText
}

/** A service whose image can be followed. */
export interface ContainerFacts extends Followed {
  readonly name: string
  readonly aliases: readonly string[]
  readonly files: readonly [string, ...string[]]
  readonly service: string
  readonly written: string
  readonly profiles: readonly string[]
  readonly auto: Reasoned<Auto>
  readonly window: Reasoned<{ readonly cron: string; readonly timezone: string | null }> | null
  readonly hold: readonly Reasoned<string>[]
  /** Components, and why they are updated before this one. */
  readonly requires: readonly Reasoned<string>[]
  /** Components that compose starts before this one: worth a thought. */
  readonly startsAfter: readonly string[]
  readonly stopGrace: Reasoned<string> | null
  /** What is worth a backup: named volumes and folders of this host. */
  readonly data: readonly { readonly kind: 'volume' | 'path'; readonly at: string }[]
  readonly hasHealthcheck: boolean
  readonly port: number | null
}

export interface LeftOut {
  readonly service: string
  readonly file: string
  readonly why: string
}

export interface ComposeFacts {
  readonly containers: readonly ContainerFacts[]
  readonly leftOut: readonly LeftOut[]
  readonly tools: readonly ToolNotes[]
  readonly schedule: Schedule | null
  readonly notes: readonly string[]
}

export function isDunebugger(image: string): boolean {
  return /\/dunebugger-[a-z]+$/.test(image)
}

export function isDunebuggerRemote({ name, image }: Pick<ContainerFacts, 'name' | 'image'>): boolean {
  return name === 'remote' && image.endsWith('/dunebugger-remote')
}
