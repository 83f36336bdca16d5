import { problemOf } from '../../core/model/problem.ts'
import { failed, failedBy, passed } from '../../host/check-result.ts'
import { run as runProgram } from '../../host/process/run.ts'
import { lastLines, tellingLine } from '../../host/process/tail.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type CommandCheckConfig, commandCheckSchema } from './schema.ts'

const linesMax = 10
const lineCharsMax = 500

async function run(
  config: CommandCheckConfig,
  { step, runAs }: CheckContext,
  signal: AbortSignal,
): Promise<CheckResult> {
  const [program] = config.command
  const cwd = config.cwd ?? step.probe?.dir ?? step.service?.cwd ?? '/'
  const timeoutMs = config.timeout_seconds * 1000
  try {
    const result = await runProgram({ argv: config.command, cwd, user: config.user ?? runAs, timeoutMs, signal })
    const lines = [...lastLines(`${result.stdout}\n${result.stderr}`, linesMax, lineCharsMax)]
    const facts = { program, code: result.code, signal: result.signal, ms: result.ms, lines }
    if (result.code === 0) return passed(facts)
    const how = result.code === null ? `was ended by ${result.signal}` : `ended with code ${result.code}`
    const last = tellingLine(lines)
    return failed(`${program} ${how}`, `Run it by hand in ${cwd} to see why.`, {
      ...facts,
      ...(last === undefined ? {} : { last }),
    })
  } catch (error) {
    signal.throwIfAborted()
    return failedBy(problemOf(error))
  }
}

/** A program of the local config says whether all is well. Never taken from a manifest. */
export function commandCheck(): Check<CommandCheckConfig> {
  return {
    kind: 'command',
    config: commandCheckSchema,
    describe: ({ command }) => `command ${command[0]}`,
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run,
  }
}
