import type { Engine } from '../ports/engine.ts'
import type { Context } from './context.ts'

const recentRuns = 20

/**
 * Reading commands never resume: they say that there is something to resume. The history is cheap to ask; only when
 * it knows of an unfinished run is the component's status asked, which tells whether someone is working on it.
 */
export async function mentionUnfinished(context: Context, engine: Engine): Promise<void> {
  const open = (await engine.history({ limit: recentRuns })).filter((item) => item.outcome === 'unfinished')
  if (open.length === 0) return
  const { unfinishedLines } = await import('./render/status.ts')
  const names = engine.components().filter((name) => open.some((item) => item.component === name))
  const reports = await engine.status(names)
  context.complain.lines.print(reports.flatMap((report) => unfinishedLines(report, context.complain.reader())))
}
