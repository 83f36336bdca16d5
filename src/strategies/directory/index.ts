import type { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import type { Strategy } from '../../ports/strategy.ts'
import { inspect } from './inspect.ts'
import { type DirectoryConfig, directorySchema } from './schema.ts'

/** An application unpacked from a release archive, in slots or in place. */
export function directoryStrategy(service: z.ZodType<Spec>, traffic: z.ZodType<Spec>): Strategy<DirectoryConfig> {
  return {
    kind: 'directory',
    config: directorySchema(service, traffic),
    describe: (config) => `directory ${config.path}`,
    inspect,
    // Looking is common, changing is rare: what plans a change is loaded when one is planned.
    update: async (...all) => (await import('./update.ts')).planUpdate(...all),
    back: async (...all) => (await import('./update.ts')).planBack(...all),
    trial: async (...all) => (await import('./trial.ts')).planTrial(...all),
    adopt: async (...all) => (await import('./adopt.ts')).planAdopt(...all),
    forget: async (...all) => (await import('./adopt.ts')).planForget(...all),
  }
}
