import type { z } from 'zod'
import type { Spec } from '../../core/model/names.ts'
import { problem } from '../../core/model/problem.ts'
import type { GitCaches } from '../../host/git/cache.ts'
import type { Strategy } from '../../ports/strategy.ts'
import { inspect } from './inspect.ts'
import { type GitStrategyConfig, gitStrategySchema } from './schema.ts'

/** A checkout that follows a branch or tags: in place, or a work tree for each version. */
export function gitStrategy(service: z.ZodType<Spec>, caches: GitCaches): Strategy<GitStrategyConfig> {
  const noSuchThing = async (config: GitStrategyConfig) =>
    problem('E_USAGE', `${config.path} is a checkout: there is nothing to take over or to release.`, {
      hint: 'Updates begin with the checkout as it stands; to end them, take the component out of the config.',
    })
  return {
    kind: 'git',
    config: gitStrategySchema(service),
    describe: (config) => `git ${config.path}`,
    inspect,
    async contains(config, now, release, context) {
      if (now.state !== 'git') return false
      const [{ lookAt }, { containsCommit }] = await Promise.all([import('./scene.ts'), import('./history.ts')])
      const scene = await lookAt(config, context)
      const commit = release.artifact?.name
      if (scene.kind !== 'in-place' || commit === undefined) return false
      return containsCommit(scene.checkout, commit, context.signal)
    },
    files: async (config, _now, release, context) =>
      (await import('./files.ts')).filesTouched(caches, config, release, context),
    // Looking is common, changing is rare: what plans a change is loaded when one is planned.
    update: async (...all) => (await import('./update.ts')).planUpdate(caches, ...all),
    back: async (...all) => (await import('./back.ts')).planBack(...all),
    adopt: noSuchThing,
    forget: noSuchThing,
  }
}
