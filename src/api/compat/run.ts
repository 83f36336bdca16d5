import type { ComponentName } from '../../core/model/names.ts'
import type { RunDetails, RunReport } from '../../ports/engine.ts'
import { recordedBegin } from '../access/begun.ts'
import { whoOf } from '../access/record.ts'
import type { Exchange } from '../route.ts'
import type { Asker, Begun } from '../runs/start.ts'

/** What became of a run while its answer could wait. `ended` null: it goes on. */
export type Followed =
  | { readonly kind: 'current'; readonly report: RunReport }
  | { readonly kind: 'run'; readonly run: string; readonly ended: RunDetails | null }

/** Frontends of these addresses wait for the end; proxies in between give up after a minute. */
const waitMsMax = 45_000

/** Begins what was asked for and writes down who did. */
export async function begin(
  { ports, caller, head }: Exchange,
  action: string,
  target: ComponentName,
  start: (asker: Asker) => Promise<Begun>,
): Promise<Begun> {
  return recordedBegin(ports.audit, { action, target, who: whoOf(caller), from: head.address }, start)
}

/** Watches a run that was begun, for a while: it goes on whether anybody waits or not. */
export async function followed({ ports, signal }: Exchange, begun: Begun): Promise<Followed> {
  if ('current' in begun) return { kind: 'current', report: begun.current }
  const { run } = begun.started
  const enough = AbortSignal.any([signal, AbortSignal.timeout(waitMsMax)])
  for await (const heard of ports.watcher.run(run, enough)) {
    if (heard.t === 'closed') return { kind: 'run', run, ended: heard.details }
  }
  // The journal has the last word on whether it goes on.
  const now = await ports.use(async ({ engine }) => engine.show(run))
  return { kind: 'run', run, ended: now.closed === null ? null : now }
}
