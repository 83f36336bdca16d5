import { problemOf } from '../../core/model/problem.ts'
import type { TrafficRef } from '../../core/plan/step.ts'
import { otherSlot, type Slot } from '../../core/traffic/slots.ts'
import { type Argv, prepareLaunch } from '../../host/process/launch.ts'
import { run, type RunResult } from '../../host/process/run.ts'
import { ended, noPort, notRun, type Role } from './failures.ts'
import type { CommandTrafficConfig } from './schema.ts'

const outputBytesMax = 16 * 1024

/** What stands in the place of `{slot}` and the others. */
export interface Values {
  readonly slot: Slot
  readonly port: number | null
  readonly percent: number
}

export function valuesFor({ slots }: Pick<TrafficRef, 'slots'>, slot: Slot, percent: number): Values {
  return { slot, port: slots?.[slot].port ?? null, percent }
}

/** Only these four are replaced: what else stands in braces is the program's own. E_TRAFFIC_CONFIG */
export function filled(command: Argv, { slot, port, percent }: Values): Argv {
  const fill = (argument: string): string => {
    if (port === null && argument.includes('{port}')) throw noPort()
    return argument
      .replaceAll('{slot}', slot)
      .replaceAll('{other}', otherSlot(slot))
      .replaceAll('{port}', String(port))
      .replaceAll('{percent}', String(percent))
  }
  const [program, ...rest] = command
  return [fill(program), ...rest.map(fill)]
}

/** Errors: E_TRAFFIC_CONFIG, E_TRAFFIC_UNREACHABLE, E_TRAFFIC_REFUSED, E_CANCELLED. */
export async function runAs(
  role: Role,
  argv: Argv,
  { cwd, user, timeout }: CommandTrafficConfig,
  signal: AbortSignal,
): Promise<RunResult> {
  const ran = { role, program: argv[0] }
  const input = { argv, cwd, user: user ?? null, timeoutMs: timeout, outputBytesMax, signal }
  const result = await run(input).catch((error: unknown) => {
    const cause = problemOf(error)
    throw cause.code === 'E_CANCELLED' ? error : notRun(ran, cause)
  })
  if (result.code !== 0) throw ended(ran, result)
  return result
}

/** Finds the program, without running it. E_TRAFFIC_CONFIG */
export async function find(role: Role, argv: Argv, { cwd, user }: CommandTrafficConfig): Promise<void> {
  await prepareLaunch({ argv, cwd, user: user ?? null }).catch((error: unknown) => {
    throw notRun({ role, program: argv[0] }, problemOf(error))
  })
}
