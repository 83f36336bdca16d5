import type { UpdateOptions } from '../ports/engine.ts'
import { usage } from './names.ts'

export interface PlanFlags {
  readonly all?: boolean
  readonly to?: string
  /** A bundle. */
  readonly from?: string
  readonly now?: boolean
  readonly timed?: boolean
}

export function updateOptions(flags: PlanFlags): UpdateOptions {
  return {
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.now === undefined ? {} : { now: flags.now }),
    ...(flags.timed === undefined ? {} : { timed: flags.timed }),
  }
}

/** Names or `--all`, never both, and `--to` for one name alone. */
export function checkNames(command: 'plan' | 'update', names: readonly string[], flags: PlanFlags): void {
  if (names.length === 0 && flags.all !== true) {
    throw usage(
      `${command} was not told what to ${command}.`,
      `Name components, or all of them: belay ${command} --all`,
    )
  }
  if (names.length > 0 && flags.all === true)
    throw usage('--all and names exclude each other.', 'Leave one of them out.')
  if (flags.to !== undefined && (flags.all === true || names.length > 1)) {
    throw usage('--to is for one component.', `${command === 'plan' ? 'Plan' : 'Update'} them one by one.`)
  }
  if (flags.from !== undefined && (flags.all === true || names.length > 1)) {
    throw usage('--from is for one component.', 'A bundle holds one release of one of them: name that one.')
  }
}

/** The shape of the answer follows what was typed, not what the config happens to hold. */
export function isOne(components: readonly unknown[], flags: PlanFlags): boolean {
  return components.length === 1 && flags.all !== true && flags.timed !== true
}
