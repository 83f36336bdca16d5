import { fail } from '../../core/model/problem.ts'
import type { Engine } from '../../ports/engine.ts'
import type { CompatApp, ComponentSettings, Settings } from '../../protocol/settings.ts'

/** What holds now: what of the API's ports is asked here. */
export interface Loading {
  use<T>(work: (loaded: { readonly engine: Engine; readonly settings: Settings }) => Promise<T>): Promise<T>
}

/** The one application that an endpoint of the seeds speaks for. */
export interface Application {
  readonly engine: Engine
  readonly settings: ComponentSettings
}

/** E_NOT_FOUND: the config has several components and does not say which. */
export function applicationOf({ agent, components, file }: Settings, app: CompatApp): ComponentSettings {
  const named = agent.compat[app]
  const [only, ...others] = components.values()
  const found = named === null ? (others.length === 0 ? only : undefined) : components.get(named)
  if (found !== undefined) return found
  throw fail('E_NOT_FOUND', 'The config does not say which component this address speaks for.', {
    hint: `Name it in ${file ?? 'the config'}: agent.compat.${app}: ${only?.name ?? 'NAME'}. Then run "belay reload".`,
    facts: { key: `agent.compat.${app}`, components: [...components.keys()] },
  })
}

export function withApplication<T>(
  ports: Loading,
  app: CompatApp,
  work: (application: Application) => Promise<T>,
): Promise<T> {
  return ports.use(async ({ engine, settings }) => work({ engine, settings: applicationOf(settings, app) }))
}
