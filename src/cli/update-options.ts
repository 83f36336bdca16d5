import type { UpdateOptions } from '../ports/engine.ts'

export interface PlanFlags {
  readonly all?: boolean
  readonly to?: string
  readonly now?: boolean
}

export function updateOptions(flags: PlanFlags): UpdateOptions {
  return {
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.now === undefined ? {} : { now: flags.now }),
  }
}
