import { failed, passed } from '../../host/check-result.ts'
import { availableMemoryBytes } from './available.ts'
import type { Check, CheckResult } from '../../ports/check.ts'
import { type MemoryConfig, memorySchema } from './schema.ts'

const mebibyte = 1024 * 1024

async function run(config: MemoryConfig): Promise<CheckResult> {
  const availableMb = Math.floor((await availableMemoryBytes()) / mebibyte)
  const facts = { available_mb: availableMb, minimum_mb: config.minimum_mb }
  if (availableMb >= config.minimum_mb) return passed(facts)
  const message = `only ${availableMb} MB of memory are available, ${config.minimum_mb} MB are needed`
  return failed(message, 'Stop something, or add swap, for the time of the update.', facts)
}

/** Memory that programs could still get, within the limit of belay's own control group. Asked once. */
export function memoryCheck(): Check<MemoryConfig> {
  return {
    kind: 'memory',
    config: memorySchema,
    describe: ({ minimum_mb }) => `memory ${minimum_mb} MB`,
    timeoutMs: () => 0,
    run,
  }
}
