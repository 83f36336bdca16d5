import type { ComponentName } from '../../core/model/names.ts'
import type { Engine, RunDetails, StatusReport } from '../../ports/engine.ts'

const historyMax = 20

export async function statusOf(engine: Engine, name: ComponentName): Promise<StatusReport> {
  const [status] = await engine.status([name])
  if (status === undefined) throw new Error(`there is no status of ${name}`)
  return status
}

/** null: there was none. */
export async function lastRun(engine: Engine, component: ComponentName): Promise<RunDetails | null> {
  const [last] = await engine.history({ component, limit: 1 })
  return last === undefined ? null : engine.show(last.run)
}

/** The day on which the release that is installed was published, as its run wrote it down. Asks nobody. */
export async function releaseDay(engine: Engine, { component, installed }: StatusReport): Promise<string | null> {
  if (installed === null) return null
  const runs = await engine.history({ component, limit: historyMax })
  const brought = runs.find(({ outcome, to }) => outcome === 'committed' && to === installed)
  if (brought === undefined) return null
  const { releasedAt } = (await engine.show(brought.run)).plan.about
  return releasedAt?.slice(0, 'YYYY-MM-DD'.length) ?? null
}
