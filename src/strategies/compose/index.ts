import type { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import { fail } from '../../core/model/problem.ts'
import type { Strategy } from '../../ports/strategy.ts'
import { askedOf, engineOf } from './early.ts'
import { type ComposeConfig, composeStrategySchema, listOf } from './schema.ts'

/** Services of a compose file, moved by their image alone. */
export function composeStrategy(traffic: z.ZodType<Spec>): Strategy<ComposeConfig> {
  return {
    kind: 'compose',
    config: composeStrategySchema(traffic),
    describe: (config) => `compose ${listOf(config.file)[0]} ${listOf(config.service).join(', ')}`,
    async ahead(config, context) {
      // One in Python takes four tenths of a second: it begins before the code of the rest is loaded, which would hold it up.
      const { asked } = await askedOf(config, context).catch(() => ({ asked: [] }))
      await Promise.all(asked.map(({ begun }) => begun))
      void engineOf(config, context).catch(() => {})
      void import('./scene.ts').then(({ resolved }) => resolved(config, context)).catch(() => {})
    },
    inspect: async (...all) => (await import('./inspect.ts')).inspect(...all),
    update: async (...all) => (await import('./update.ts')).planUpdate(...all),
    back: async (...all) => (await import('./update.ts')).planBack(...all),
    trial: async (...all) => (await import('./trial.ts')).planTrial(...all),
    adopt: async () => refuse('adopt'),
    forget: async () => refuse('forget'),
  }
}

function refuse(verb: 'adopt' | 'forget'): never {
  throw fail('E_USAGE', `"${verb}" is about folders: containers of a compose file stay where they are.`, {
    hint:
      verb === 'adopt'
        ? 'Nothing needs to be taken over: run "belay check".'
        : 'Remove the component from belay.yaml; the compose file is as compose reads it.',
  })
}
