import type { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import type { Strategy } from '../../ports/strategy.ts'
import { planAdopt, planForget } from './adopt.ts'
import { inspect } from './inspect.ts'
import { type DirectoryConfig, directorySchema } from './schema.ts'
import { planBack, planUpdate } from './update.ts'

/** An application unpacked from a release archive, in slots or in place (DESIGN §4). */
export function directoryStrategy(service: z.ZodType<Spec>): Strategy<DirectoryConfig> {
  return {
    kind: 'directory',
    config: directorySchema(service),
    describe: (config) => `directory ${config.path}`,
    inspect,
    update: planUpdate,
    back: planBack,
    adopt: planAdopt,
    forget: planForget,
  }
}
