import { z } from 'zod'
import type { ComponentName } from '../../core/model/names.ts'
import { rollbackBodySchema, updateAnswerSchema, updateBodySchema } from '../../protocol/api/plan.ts'
import { cancelledSchema } from '../../protocol/api/runs.ts'
import { recordedBegin } from '../access/begun.ts'
import { record, whoOf } from '../access/record.ts'
import { languageOf } from '../language.ts'
import { type Exchange, type Route, route } from '../route.ts'
import { planFor } from '../runs/plan.ts'
import { reportView } from '../runs/run-view.ts'
import type { Asker, Begun } from '../runs/start.ts'
import { componentParams } from './components.ts'
import { missing, runParams } from './runs.ts'

/** Everything that begins a run or ends one early. */
export const updateRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/update',
    scope: 'operate',
    summary: 'Begins an update and answers as soon as it is in the journal; 200 where there is nothing to do.',
    params: componentParams,
    body: updateBodySchema,
    answer: updateAnswerSchema,
    status: 202,
    async handle({ params, body }, exchange) {
      const { dry_run: dryRun = false, ...wish } = body ?? {}
      const name = await resolved(params.name, exchange)
      if (dryRun) return dry(name, wish, exchange)
      return begin(exchange, 'update', name, (asker) => exchange.ports.starter.update(name, said(wish), asker))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/rollback',
    scope: 'operate',
    summary: 'Begins the way back to the last good version, or to the one that is named.',
    params: componentParams,
    body: rollbackBodySchema,
    answer: updateAnswerSchema,
    status: 202,
    async handle({ params, body }, exchange) {
      const name = await resolved(params.name, exchange)
      return begin(exchange, 'rollback', name, (asker) =>
        exchange.ports.starter.rollback(name, said(body ?? {}), asker),
      )
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/resume',
    scope: 'operate',
    summary: 'Begins to finish or undo what was left unfinished, or is stuck.',
    params: componentParams,
    answer: updateAnswerSchema,
    status: 202,
    async handle({ params }, exchange) {
      const name = await resolved(params.name, exchange)
      return begin(exchange, 'resume', name, (asker) => exchange.ports.starter.resume(name, asker))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/backups/{id}/restore',
    scope: 'operate',
    summary: 'Begins to bring back the data of a backup. What is there now is kept aside.',
    params: componentParams.extend({ id: z.string().min(1).max(200) }),
    answer: updateAnswerSchema,
    status: 202,
    async handle({ params }, exchange) {
      const name = await resolved(params.name, exchange)
      return begin(exchange, 'restore', name, (asker) => exchange.ports.starter.restore(name, params.id, asker))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/runs/{id}/cancel',
    scope: 'operate',
    summary: 'Asks a run to go back. What is committed stays.',
    params: runParams,
    answer: cancelledSchema,
    status: 202,
    async handle({ params: { id } }, exchange) {
      await exchange.ports.watcher.once(id).catch(missing)
      await exchange.ports.starter.cancel(id)
      await record(exchange, { action: 'cancel', target: null, outcome: 'ok', run: id })
      return { run: id, outcome: 'cancelling' as const }
    },
  }),
]

async function resolved(name: string, { ports }: Exchange): Promise<ComponentName> {
  return ports.use(async ({ engine }) => engine.resolve(name))
}

/** What was not said is left out: it has a meaning of its own. */
function said<T extends object>(wish: T): { [key in keyof T]?: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)) as never
}

async function dry(
  name: ComponentName,
  wish: { to?: string | undefined; now?: boolean | undefined },
  exchange: Exchange,
) {
  const { ports, head, signal } = exchange
  const planned = await ports.use(async ({ engine }) =>
    planFor(
      name,
      { action: 'update', ...wish },
      {
        engine,
        language: languageOf(head.headers),
        now: ports.clock.now(),
        signal,
      },
    ),
  )
  return Response.json('plan' in planned ? planned : planned.current)
}

/** The run is written down with who began it and how it ended, and so is what refused it. */
export async function begin(
  exchange: Exchange,
  action: string,
  name: ComponentName,
  start: (asker: Asker) => Promise<Begun>,
) {
  const { ports, caller, head } = exchange
  const by = { action, target: name, who: whoOf(caller), from: head.address }
  const begun = await recordedBegin(ports.audit, by, start)
  if ('started' in begun) return begun.started
  ports.overview.stale()
  return Response.json(reportView(begun.current, languageOf(head.headers)))
}
