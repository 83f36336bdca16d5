import type { AskedConfig } from '../../host/compose/ask-config.ts'
import type { KnownModel } from '../../host/compose/known-model.ts'
import type { ComposeProject } from '../../host/compose/project.ts'
import type { ContainerEngine } from '../../host/containers/types.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { type ComposeConfig, listOf } from './schema.ts'

/** The engine of a component, greeted once however many ask. */
export function engineOf({ engine }: ComposeConfig, context: StrategyContext): Promise<ContainerEngine> {
  const { signal } = context
  return context.once('engine', async () =>
    (await import('../../host/containers/open.ts')).openEngine({ engine, signal }),
  )
}

/** What is known of the files from before, or what compose programs are saying of them. */
export interface Early {
  readonly known: KnownModel
  /** Empty where it is known. */
  readonly asked: AskedConfig
}

/** Asked before the engine has told its address and the files their name. */
export function askedOf(config: ComposeConfig, context: StrategyContext): Promise<Early> {
  const { signal } = context
  return context.once('config', async () => {
    const [{ knownModel }, { candidates }] = await Promise.all([
      import('../../host/compose/known-model.ts'),
      import('../../host/compose/program.ts'),
    ])
    const project = { ...sayingOf(config), project: config.project ?? null, engine: '' }
    const programs = candidates(config.engine === 'podman' ? 'podman' : '')
    const known = await knownModel(`${context.cacheDir}/compose`, project, programs)
    if (known.model !== null) return { known, asked: [] }
    const { askConfig } = await import('../../host/compose/ask-config.ts')
    return { known, asked: askConfig(project, signal, programs) }
  })
}

/** What the config itself says of a project. */
export function sayingOf(config: ComposeConfig): Omit<ComposeProject, 'project' | 'engine'> {
  return { files: listOf(config.file), profiles: config.profiles, envFile: config.env_file ?? null, directory: null }
}
