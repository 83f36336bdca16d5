import type { AskedConfig } from '../../host/compose/ask-config.ts'
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

/** What compose programs say of the files, asked before the engine has told its address and the files their name. */
export function askedOf(config: ComposeConfig, context: StrategyContext): Promise<AskedConfig> {
  const { signal } = context
  return context.once('config', async () => {
    const { askConfig } = await import('../../host/compose/ask-config.ts')
    const engine = config.engine === 'podman' ? 'podman' : ''
    const { candidates } = await import('../../host/compose/program.ts')
    return askConfig({ ...sayingOf(config), project: config.project ?? null, engine: '' }, signal, candidates(engine))
  })
}

/** What the config itself says of a project. */
export function sayingOf(config: ComposeConfig): Omit<ComposeProject, 'project' | 'engine'> {
  return { files: listOf(config.file), profiles: config.profiles, envFile: config.env_file ?? null, directory: null }
}
