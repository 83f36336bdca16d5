import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Loaded } from '../agent/ports.ts'
import { problemOf } from '../core/model/problem.ts'
import { type ComponentName, componentNameSchema } from '../core/model/names.ts'
import type { Clock } from '../ports/clock.ts'
import { fileLocks } from '../storage/locks.ts'
import { serviceProgram } from './program-file.ts'

interface Keeping {
  readonly stateDir: string
  readonly clock: Clock
  readonly loaded: Loaded
  readonly signal: AbortSignal
}

/**
 * Forwarders of components that have one are kept alive; that of a component whose config says something else by now is ended. One of
 * a component that is gone from the config stays: people may still come by its door. Gives those that were started again.
 */
export async function keepForwards({ stateDir, clock, loaded, signal }: Keeping): Promise<readonly ComponentName[]> {
  // Most hosts have none, and need not load what looks after them.
  if (!existsSync(join(stateDir, 'traffic'))) return []
  const { forwardNames, removeForward, reviveForward } = await import('../traffic/builtin/forwards.ts')
  const options = { stateDir, program: serviceProgram(stateDir, 'other').argv }
  const started: ComponentName[] = []
  for (const text of await forwardNames(stateDir)) {
    const name = componentNameSchema.parse(text)
    if (loaded.ownForwards.includes(name)) {
      if (await reviveForward(options, name, signal)) started.push(name)
    } else if (loaded.settings.components.has(name)) {
      await alone(stateDir, clock, name, () => removeForward(options, name))
    }
  }
  return started
}

/** Not while a run that was planned with the config of before still needs it. */
async function alone(stateDir: string, clock: Clock, name: ComponentName, work: () => Promise<void>): Promise<void> {
  const held = await fileLocks(stateDir, clock)
    .acquire([`component:${name}`], 'end its forwarder')
    .catch((error: unknown) => {
      if (problemOf(error).code === 'E_LOCKED') return null
      throw error
    })
  try {
    if (held !== null) await work()
  } finally {
    held?.release()
  }
}
