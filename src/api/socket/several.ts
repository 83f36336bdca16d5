import type { ComponentName } from '../../core/model/names.ts'
import { problemOf } from '../../core/model/problem.ts'
import { mainTarget } from '../../core/plan/plan.ts'
import type { Prospect } from '../../ports/engine.ts'
import type { SocketBody } from '../../protocol/ws/messages.ts'
import { recordedBegin } from '../access/begun.ts'
import type { News } from './news.ts'
import type { SocketPorts } from './ports.ts'
import { outcomeText, problemText } from './tell-run.ts'

/**
 * Updates all that can be, one at a time, in the order of what requires what. What requires one that failed is not
 * started: it was planned for a host on which that had worked.
 */
export async function updateAll(
  ports: SocketPorts,
  news: News,
  by: { readonly who: string; readonly from: string },
): Promise<SocketBody<'log'>> {
  const prospects = await ports.use(async ({ engine }) => engine.prospects(engine.components(), {}))
  const missed = new Set<string>()
  const told: string[] = []
  for (const prospect of prospects) {
    const { component } = prospect
    const blocker = Object.keys(prospect.requires).find((name) => missed.has(name))
    const end =
      blocker === undefined
        ? await one(ports, news, by, prospect)
        : `${component} was not started: it requires ${blocker}.`
    if (end === null) continue
    told.push(end)
    missed.add(component)
  }
  if (told.length > 0) return { success: false, message: told.join(' '), level: 'warning' }
  const updated = prospects.filter(isToRun).map(({ component }) => component)
  const message = updated.length === 0 ? 'Everything is up to date.' : `Updated ${updated.join(', ')}.`
  return { success: true, message, level: 'info' }
}

function isToRun({ kind }: Prospect): boolean {
  return kind === 'plan' || kind === 'unfinished'
}

/** Why it is not as it was to be; null: it is. */
async function one(
  ports: SocketPorts,
  news: News,
  { who, from }: { readonly who: string; readonly from: string },
  prospect: Prospect,
): Promise<string | null> {
  const { component, kind } = prospect
  if (kind === 'current') return null
  if (kind === 'held' || kind === 'failed') return problemText(prospect.problem)
  try {
    const to = kind === 'plan' ? mainTarget(prospect.plan).to : null
    const begun = await recordedBegin(ports.audit, { action: 'update', target: component, who, from }, (asker) =>
      ports.starter.update(component, to === null ? {} : { to }, asker),
    )
    if ('current' in begun) return null
    const { run } = begun.started
    news.follow(run)
    return await endOf(ports, component, run)
  } catch (error) {
    return problemText(problemOf(error))
  }
}

async function endOf({ watcher }: SocketPorts, component: ComponentName, run: string): Promise<string | null> {
  for await (const heard of watcher.run(run, new AbortController().signal)) {
    if (heard.t === 'closed') return heard.details.outcome === 'committed' ? null : outcomeText(heard.details)
  }
  return `The agent stopped before the run of ${component} was over.`
}
