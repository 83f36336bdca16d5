import { join } from 'node:path'
import { fail, type Facts } from '../core/model/problem.ts'
import type { CommandStep, RestoreRef } from '../core/plan/step.ts'
import { run } from '../host/process/run.ts'
import { lastLines, tellingLine } from '../host/process/tail.ts'
import { exists } from '../host/tree/stat.ts'
import type { Adapters } from '../ports/adapters.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

const outputBytesMax = 64 * 1024
const logLinesMax = 20
const logLineCharsMax = 500

/** Runs in the new tree while the old version runs. The tree is taken away by `unpack`, so there is nothing to undo. */
export function prepareHandler(): StepHandler<'prepare'> {
  return { apply: runCommand, observe: async () => 'absent', undo: async () => {} }
}

/**
 * Runs while stopped. A migration that failed, or was cut off, leaves data in a state that only the backup taken after
 * the stop can end: `undo` restores it, and keeps the data as it was then aside.
 */
export function migrateHandler({ adapters }: StepPorts): StepHandler<'migrate'> {
  return {
    apply: runCommand,
    observe: async () => 'absent',
    undo: (step, { signal }) => restoreAll(step.restore, adapters, signal),
  }
}

/** Nothing forward: it marks from where on the new version may change the data. */
export function protectHandler({ adapters }: StepPorts): StepHandler<'protect'> {
  return {
    apply: async () => ({}),
    observe: async () => 'present',
    undo: (step, { signal }) => restoreAll(step.restore, adapters, signal),
  }
}

async function restoreAll(refs: readonly RestoreRef[], adapters: Adapters, signal: AbortSignal): Promise<void> {
  for (const ref of refs) {
    if (!(await exists(join(ref.backup.dir, 'backup.json')))) {
      throw fail('E_BACKUP_MISSING', `The backup ${ref.backup.dir} taken before the switch is gone.`, {
        hint: 'Put it back in its place, then run "belay resume".',
      })
    }
    await (await adapters.backup(ref.backup.data)).restore(ref, signal)
  }
}

async function runCommand(step: CommandStep, { signal, progress }: StepContext): Promise<Facts> {
  const result = await run({
    argv: step.argv,
    cwd: step.cwd,
    user: step.user,
    timeoutMs: step.timeoutMs,
    outputBytesMax,
    signal,
    onLine: (line) => progress(0, null, line),
  })
  if (result.code === 0) return { ms: Math.round(result.ms) }
  // Reported, journaled and shown: a program that writes without line breaks must not make that unreadable.
  const tail = lastLines(`${result.stdout}\n${result.stderr}`, logLinesMax, logLineCharsMax)
  const how = result.code === null ? `was ended by ${result.signal ?? 'a signal'}` : `ended with ${result.code}`
  throw fail('E_COMMAND_FAILED', `${step.argv.join(' ')} ${how}: ${tellingLine(tail) ?? 'it said nothing'}`, {
    hint: `Run it by hand in a copy of the new version to see more. Its last lines are in "belay show".`,
    facts: { argv: [...step.argv], cwd: step.cwd, code: result.code, log: tail },
  })
}
