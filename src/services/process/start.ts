import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServiceRef } from '../../core/plan/step.ts'
import { fail, problemOf } from '../../core/model/problem.ts'
import { bootId, processInfo } from '../../host/process/find.ts'
import { prepareLaunch } from '../../host/process/launch.ts'
import { tellingLine } from '../../host/process/tail.ts'
import type { Clock } from '../../ports/clock.ts'
import { lastOutput, openOutput } from './output.ts'
import { type ServiceFolder, removeRecord, writeRecord } from './record.ts'
import type { ProcessServiceConfig } from './schema.ts'

const settleMsDefault = 300
const linesMax = 20

export interface StartOptions {
  readonly clock: Clock
  /** A program that ends sooner than this after its start was never a service. */
  readonly settleMs?: number
}

async function prepare(config: ProcessServiceConfig, ref: ServiceRef, folder: ServiceFolder) {
  const env = { ...config.env, [folder.markerName]: folder.markerValue }
  try {
    return await prepareLaunch({ argv: config.command, cwd: ref.cwd, env, user: ref.user })
  } catch (error) {
    const { code, message, hint, facts } = problemOf(error)
    if (code !== 'E_PATH_INVALID') throw error
    throw fail('E_SERVICE_START', message, { hint, facts, cause: error })
  }
}

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly error: string | null
}

function endedAtOnce(program: string, ended: Ended, lines: readonly string[]) {
  const how = ended.error ?? ended.signal ?? `code ${ended.code}`
  const last = tellingLine(lines)
  return fail(
    'E_SERVICE_START',
    `${program} ended right after its start (${how})${last === undefined ? '' : `: ${last}`}`,
    {
      hint: 'Its last lines say why; run the command by hand in that folder, as the same user.',
      facts: { program, code: ended.code, signal: ended.signal, lines: [...lines] },
    },
  )
}

/**
 * Starts the service in a session of its own, so that it outlives belay, and records it. The folder may be a link:
 * the kernel resolves it here, once. E_SERVICE_START with its last lines when it ends at once.
 */
export async function startProcess(
  config: ProcessServiceConfig,
  ref: ServiceRef,
  folder: ServiceFolder,
  { clock, settleMs = settleMsDefault }: StartOptions,
  signal: AbortSignal,
): Promise<void> {
  const launch = await prepare(config, ref, folder)
  const { handle, offset } = await openOutput(folder.log)
  const [program] = config.command
  try {
    const stdio = ['ignore', handle.fd, handle.fd] as ['ignore', number, number]
    const child = spawn(launch.file, launch.args, { ...launch.options, detached: true, stdio })
    const ended: Promise<Ended> = once(child, 'exit').then(
      ([code, by]) => ({ code, signal: by, error: null }),
      (error: unknown) => ({ code: null, signal: null, error: problemOf(error).message }),
    )
    const info = child.pid === undefined ? null : processInfo(child.pid)
    if (info !== null) {
      const { pid, startTicks } = info
      writeRecord(folder, { v: 1, pid, startTicks, bootId: bootId(), startedAt: clock.now(), logOffset: offset })
    }
    const early = await Promise.race([
      ended,
      clock.sleep(settleMs, signal).then(
        () => null,
        () => null,
      ),
    ])
    child.unref()
    if (early === null) return
    removeRecord(folder)
    throw endedAtOnce(program, early, await lastOutput(folder.log, offset, linesMax))
  } finally {
    await handle.close()
  }
}
