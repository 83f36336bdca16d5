import { type BelayError, fail, type Problem } from '../../core/model/problem.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { RunResult } from '../../host/process/run.ts'
import { lastLines } from '../../host/process/tail.ts'

/** All sentences about programs that should steer a proxy. They name the program and its last lines, never its arguments. */

const linesMax = 10
const lineCharsMax = 500

export type Role = 'switch' | 'active' | 'open' | 'share'

interface Ran {
  readonly role: Role
  readonly program: string
}

function linesOf({ stdout, stderr }: Pick<RunResult, 'stdout' | 'stderr'>): readonly string[] {
  return lastLines(`${stdout}\n${stderr}`, linesMax, lineCharsMax)
}

/** Who asks learns nothing; who was asked to change something refused. */
function codeOf(role: Role): 'E_TRAFFIC_UNREACHABLE' | 'E_TRAFFIC_REFUSED' {
  return role === 'active' || role === 'open' ? 'E_TRAFFIC_UNREACHABLE' : 'E_TRAFFIC_REFUSED'
}

export function ended({ role, program }: Ran, result: RunResult): BelayError {
  const lines = linesOf(result)
  const last = lines.at(-1)
  const how = result.code === null ? `was ended by ${result.signal}` : `ended with code ${result.code}`
  return fail(codeOf(role), `${program} (traffic.${role}) ${how}${last === undefined ? '.' : `: ${last}`}`, {
    hint: 'Run it by hand, as the same user, to see why.',
    retryable: true,
    facts: { program, code: result.code, lines: [...lines] },
  })
}

/** It was not there, or ran too long. */
export function notRun({ role, program }: Ran, cause: Problem): BelayError {
  const missing = cause.code !== 'E_TIMEOUT'
  return fail(missing ? 'E_TRAFFIC_CONFIG' : codeOf(role), `traffic.${role}: ${cause.message}`, {
    hint: cause.hint,
    retryable: !missing,
    facts: { ...cause.facts, program, cause: cause.code },
  })
}

export function unreadable({ role, program }: Ran, said: string, wanted: string): BelayError {
  const printed = said.trim() === '' ? 'nothing' : `"${said.trim().slice(0, lineCharsMax)}"`
  return fail('E_TRAFFIC_CONFIG', `${program} (traffic.${role}) wrote ${printed} instead of ${wanted}.`, {
    hint: `Let it write ${wanted} on standard output, and nothing else.`,
    facts: { program, said: said.slice(0, lineCharsMax) },
  })
}

export function notTaken({ role, program }: Ran, to: Slot, said: string, after: RunResult): BelayError {
  return fail(
    'E_TRAFFIC_REFUSED',
    `${program} (traffic.${role}) ended well, but traffic.active says ${said}, not ${to}.`,
    {
      hint: 'Run both by hand, one after the other, to see why.',
      facts: { program, said, lines: [...linesOf(after)] },
    },
  )
}

export function noWeights(): BelayError {
  return fail('E_TRAFFIC_REFUSED', 'traffic: has no program that sends a part of the people to a slot.', {
    hint: 'Add share: [program, "{slot}", "{percent}"] to it, or leave gradual: out.',
  })
}

export function noPort(): BelayError {
  return fail('E_TRAFFIC_CONFIG', 'traffic: uses {port} and does not say where the slots listen.', {
    hint: 'Add slots: { blue: 8001, green: 8002 } to it.',
  })
}
