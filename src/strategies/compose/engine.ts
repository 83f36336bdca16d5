import type { ContainerEngine } from '../../host/containers/types.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import type { ComposeConfig } from './schema.ts'

/** The engine of a component, greeted once however many ask. */
export function engineOf({ engine }: ComposeConfig, { once, signal }: StrategyContext): Promise<ContainerEngine> {
  return once('engine', async () => (await import('../../host/containers/open.ts')).openEngine({ engine, signal }))
}
