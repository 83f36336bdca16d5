import type { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import type { Spec } from '../../core/model/names.ts'
import type { Strategy } from '../../ports/strategy.ts'
import { inspect } from './inspect.ts'
import { type FilesConfig, filesSchema } from './schema.ts'

/** A tree that follows a branch, file by file, where it stands. */
export function filesStrategy(service: z.ZodType<Spec>): Strategy<FilesConfig> {
  return {
    kind: 'files',
    config: filesSchema(service),
    describe: (config) => `files ${config.path}`,
    inspect,
    contains: async (...all) => (await import('./look.ts')).contains(...all),
    files: async (...all) => (await import('./look.ts')).notes(...all),
    update: async (...all) => (await import('./update.ts')).planUpdate(...all),
    back: async (...all) => (await import('./back.ts')).planBack(...all),
    adopt: async () => refuse('adopt'),
    forget: async () => refuse('forget'),
  }
}

function refuse(verb: 'adopt' | 'forget'): never {
  throw fail('E_USAGE', `"${verb}" is about slots: the strategy files leaves a tree where it stands.`, {
    hint:
      verb === 'adopt'
        ? 'Nothing needs to be taken over: run "belay check".'
        : 'Remove the component from belay.yaml; the tree is as it was published.',
  })
}
