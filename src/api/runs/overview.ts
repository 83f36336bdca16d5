import type { CheckReport, Engine, StatusReport } from '../../ports/engine.ts'
import type { Listener } from '../../ports/progress.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ComponentView } from '../../protocol/api/components.ts'
import type { Language } from '../../protocol/messages/render.ts'
import type { ComponentSettings, Settings } from '../../protocol/settings.ts'
import { type ComponentFacts, componentView } from './component-view.ts'

export interface OverviewPorts {
  readonly use: <T>(
    work: (loaded: { readonly settings: Settings; readonly engine: Engine }) => Promise<T>,
  ) => Promise<T>
  readonly subscribe: (listener: Listener) => () => void
  readonly clock: Pick<Clock, 'now'>
  readonly isSelf: (settings: ComponentSettings) => boolean
}

/**
 * All components, as they are now. To look at them asks service managers and programs, so one look serves everybody who
 * asks within a moment: many open pages cost what one does.
 */
export interface Overview {
  read(language: Language): Promise<readonly ComponentView[]>
  /** Something was done that it must show. */
  readonly stale: () => void
}

const freshMs = 2000

interface Look {
  readonly at: number
  readonly facts: Promise<readonly ComponentFacts[]>
  readonly views: Map<Language, readonly ComponentView[]>
}

export function createOverview({ use, subscribe, clock, isSelf }: OverviewPorts): Overview {
  let last: Look | null = null
  const stale = () => {
    last = null
  }
  subscribe(({ t }) => {
    if (t === 'opened' || t === 'closed') stale()
  })
  const facts = async (): Promise<readonly ComponentFacts[]> =>
    use(async ({ settings, engine }) => {
      const all = await engine.status(engine.components())
      return all.flatMap((status) => factsOf(settings, status, engine.lastCheck(status.component), isSelf))
    })
  const look = (): Look => {
    // Of a clock that was set, the worst is one look more. The count that goes on through sleep costs a file at each request.
    if (last !== null && Math.abs(clock.now() - last.at) < freshMs) return last
    const next: Look = { at: clock.now(), facts: facts(), views: new Map() }
    last = next
    next.facts.catch(() => {
      if (last === next) stale()
    })
    return next
  }
  return {
    async read(language) {
      const now = look()
      const known = now.views.get(language)
      if (known !== undefined) return known
      const views = (await now.facts).map((one) => componentView(one, clock.now(), language))
      now.views.set(language, views)
      return views
    },
    stale,
  }
}

function factsOf(
  { components }: Settings,
  status: StatusReport,
  check: CheckReport | null,
  isSelf: OverviewPorts['isSelf'],
): ComponentFacts[] {
  const settings = components.get(status.component)
  return settings === undefined ? [] : [{ settings, status, check, self: isSelf(settings) }]
}
