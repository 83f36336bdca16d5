import { covers } from '../../core/access/scope.ts'
import type { CheckReport } from '../../ports/engine.ts'
import { record } from '../access/record.ts'
import type { Exchange } from '../route.ts'
import type { Application } from './application.ts'

/**
 * What the source said, as old as the component's config lets it be. `force`: it is asked now, where who asks may operate;
 * a reader could use up what a source answers in an hour. It is not ended by whoever asked going away: what it finds is
 * noted for everybody.
 */
export async function check(
  exchange: Exchange,
  { engine, settings: { name } }: Application,
  { force = false, files = false }: { readonly force?: boolean; readonly files?: boolean } = {},
): Promise<CheckReport> {
  const { ports, caller } = exchange
  const forced = force && caller.kind !== 'nobody' && covers(caller.scope, 'operate')
  if (forced) await record(exchange, { action: 'check', target: name, outcome: 'ok' })
  const report = (await engine.check([name], { force: forced, files, signal: ports.stopping })).get(name)
  if (report === undefined) throw new Error(`nothing was found out of ${name}`)
  if (forced) ports.watcher.tell({ kind: 'components', name })
  return report
}
