import { z } from 'zod'
import type { ComponentName } from '../../core/model/names.ts'
import { fail, problemOf } from '../../core/model/problem.ts'
import type { Engine } from '../../ports/engine.ts'
import {
  backupListSchema,
  notificationListSchema,
  notificationSchema,
  prunedSchema,
} from '../../protocol/api/records.ts'
import { updateAnswerSchema } from '../../protocol/api/plan.ts'
import { record } from '../access/record.ts'
import { type Exchange, type Route, route } from '../route.ts'
import { componentParams } from './components.ts'
import { begin } from './updates.ts'

const idParams = z.object({ id: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) })

export const recordRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/backups',
    scope: 'read',
    summary: 'Verified backups.',
    query: z.object({ component: z.string().min(1).max(200).optional() }),
    answer: backupListSchema,
    handle: async ({ query: { component } }, { ports }) =>
      ports.use(async ({ engine }) => ({
        backups: await engine.backups(component === undefined ? engine.components() : [engine.resolve(component)]),
      })),
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/backups',
    scope: 'operate',
    summary: 'Backs up the data of a component now, while it runs, and answers when it is done.',
    params: componentParams,
    answer: backupListSchema,
    status: 201,
    handle: async ({ params }, exchange) =>
      changing(exchange, params.name, 'backup', async (engine, name, signal) => ({
        backups: await engine.createBackup(name, signal),
      })),
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/backups/prune',
    scope: 'operate',
    summary: 'Removes the backups that the config does not keep.',
    params: componentParams,
    answer: prunedSchema,
    handle: async ({ params }, exchange) =>
      changing(exchange, params.name, 'prune-backups', async (engine, name) => ({
        removed: await engine.pruneBackups(name),
      })),
  }),
  route({
    method: 'GET',
    path: '/api/v1/notifications',
    scope: 'read',
    summary: 'Updates that were offered, newest first.',
    answer: notificationListSchema,
    handle: async (_input, { ports }) =>
      ports.use(async ({ engine }) => ({ notifications: await engine.notifications() })),
  }),
  route({
    method: 'GET',
    path: '/api/v1/notifications/{id}',
    scope: 'read',
    summary: 'One update that was offered.',
    params: idParams,
    answer: notificationSchema,
    handle: async ({ params: { id } }, exchange) => offer(exchange, id),
  }),
  route({
    method: 'POST',
    path: '/api/v1/notifications/{id}/install',
    scope: 'operate',
    summary: 'Begins to install the version that was offered.',
    params: idParams,
    answer: updateAnswerSchema,
    status: 202,
    async handle({ params: { id } }, exchange) {
      const { component, version } = await offer(exchange, id)
      const name = await exchange.ports.use(async ({ engine }) => engine.resolve(component))
      return begin(exchange, 'update', name, (asker) => exchange.ports.starter.update(name, { to: version }, asker))
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/notifications/{id}/dismiss',
    scope: 'operate',
    summary: 'Puts an offer aside.',
    params: idParams,
    answer: notificationSchema,
    async handle({ params: { id } }, exchange) {
      await offer(exchange, id)
      await record(exchange, { action: 'dismiss', target: String(id), outcome: 'ok' })
      const dismissed = await exchange.ports.use(async ({ engine }) => engine.dismissNotification(id))
      exchange.ports.watcher.tell({ kind: 'notifications' })
      return dismissed
    },
  }),
]

/** What the agent waits for when it is asked to stop, whatever becomes of the client. */
async function changing<T>(
  exchange: Exchange,
  text: string,
  action: string,
  work: (engine: Engine, name: ComponentName, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { ports } = exchange
  const name = await ports.use(async ({ engine }) => engine.resolve(text))
  const tell = async (outcome: string) => record(exchange, { action, target: name, outcome })
  try {
    const done = await ports.run(name, async ({ engine }, signal) => work(engine, name, signal))
    await tell('ok')
    return done
  } catch (error) {
    await tell(problemOf(error).code)
    throw error
  }
}

async function offer({ ports }: Exchange, id: number) {
  const found = await ports.use(async ({ engine }) => (await engine.notifications()).find((one) => one.id === id))
  if (found !== undefined) return found
  throw fail('E_NOT_FOUND', `There is no notification ${id}.`, {
    hint: 'See which there are: GET /api/v1/notifications.',
  })
}
