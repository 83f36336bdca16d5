import { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import type { Engine, Notification } from '../../ports/engine.ts'
import { notificationSchema, notificationListSchema } from '../../protocol/api/records.ts'
import {
  helpdeskCheckSchema,
  helpdeskHistorySchema,
  helpdeskInstallBodySchema,
  helpdeskInstallSchema,
} from '../../protocol/compat/helpdesk.ts'
import { type Application, withApplication } from '../compat/application.ts'
import { check } from '../compat/check.ts'
import { alreadyInstalled, helpdeskCheck, helpdeskHistory, helpdeskInstall } from '../compat/helpdesk.ts'
import { begin, followed } from '../compat/run.ts'
import { type Exchange, type Method, type Route, route } from '../route.ts'

function withHelpdesk<T>({ ports }: Exchange, work: (application: Application) => Promise<T>): Promise<T> {
  return withApplication(ports, 'helpdesk', work)
}

async function offersOf({ engine, settings: { name } }: Application): Promise<readonly Notification[]> {
  return (await engine.notifications()).filter(({ component }) => component === name)
}

/** HelpDesk's own addresses, for the component that `agent.compat.helpdesk` names. Who wants HTML is led to the page. */
export const compatHelpdeskRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/admin/updates/check/',
    scope: 'read',
    page: '/',
    summary: 'The files that an update would touch.',
    answer: helpdeskCheckSchema,
    handle: async (_input, exchange) => checked(exchange, false),
  }),
  // It was asked with GET, which changed nothing but the cache.
  ...(['GET', 'POST'] as const).map(forcedCheck),
  route({
    method: 'POST',
    path: '/admin/updates/install/',
    scope: 'operate',
    summary: 'Installs what was offered, or the newest, and waits for the end for a while.',
    body: helpdeskInstallBodySchema,
    answer: helpdeskInstallSchema,
    handle: async ({ body }, exchange) => install(exchange, body?.notification_id ?? null),
  }),
  route({
    method: 'GET',
    path: '/admin/updates/history/',
    scope: 'read',
    page: '/history',
    summary: 'What was offered and what was installed.',
    answer: helpdeskHistorySchema,
    handle: async (_input, exchange) => withHelpdesk(exchange, async (app) => helpdeskHistory(await offersOf(app))),
  }),
  route({
    method: 'GET',
    path: '/admin/updates/notifications/',
    scope: 'read',
    page: '/notifications',
    summary: 'What was offered, newest first.',
    answer: notificationListSchema,
    handle: async (_input, exchange) => withHelpdesk(exchange, async (app) => ({ notifications: await offersOf(app) })),
  }),
  route({
    method: 'GET',
    path: '/admin/updates/notifications/{id}/',
    scope: 'read',
    page: '/notifications/{id}',
    summary: 'One that was offered.',
    params: z.object({
      id: z
        .string()
        .regex(/^\d{1,9}$/)
        .transform(Number),
    }),
    answer: z.object({ notification: notificationSchema }),
    handle: async ({ params: { id } }, exchange) =>
      withHelpdesk(exchange, async (app) => ({ notification: await offer(app, id) })),
  }),
]

function forcedCheck(method: Method): Route {
  return route({
    method,
    path: '/admin/updates/check/force/',
    scope: method === 'GET' ? 'read' : 'operate',
    ...(method === 'GET' ? { page: '/' as const } : {}),
    summary: 'The same, asked of the source now.',
    answer: helpdeskCheckSchema,
    handle: async (_input, exchange) => checked(exchange, true),
  })
}

async function checked(exchange: Exchange, force: boolean) {
  return withHelpdesk(exchange, async (app) => {
    const report = await check(exchange, app, { force, files: true })
    const found = (await offersOf(app)).find(({ version, state }) => version === report.latest && state !== 'dismissed')
    return helpdeskCheck(report, app.settings.source, found ?? null)
  })
}

async function install(exchange: Exchange, id: number | null) {
  const now = () => new Date(exchange.ports.clock.now()).toISOString()
  const { name, wanted } = await withHelpdesk(exchange, async (app) => ({
    name: app.settings.name,
    wanted: id === null ? null : await offer(app, id),
  }))
  if (wanted?.installed === true) return alreadyInstalled(wanted, now())
  const begun = await begin(exchange, 'update', name, async (asker) =>
    exchange.ports.starter.update(name, wanted === null ? {} : { to: wanted.version }, asker),
  )
  const end = await followed(exchange, begun)
  const files = await exchange.ports.use(async ({ engine }) => filesOf(engine, end.kind === 'run' ? end.run : null))
  const answer = helpdeskInstall(end, files, now())
  return answer.status === 'started' ? Response.json(answer, { status: 202 }) : answer
}

/** What the update to the version of that run touches, as it was written down when it was found. */
async function filesOf(engine: Engine, run: string | null): Promise<readonly string[]> {
  if (run === null) return []
  const { component, to } = await engine.show(run)
  const found = (await engine.notifications()).find((one) => one.component === component && one.version === to)
  return found?.available_files ?? []
}

async function offer(app: Application, id: number): Promise<Notification> {
  const found = (await offersOf(app)).find((one) => one.id === id)
  if (found !== undefined) return found
  throw fail('E_NOT_FOUND', `There is no notification ${id} of ${app.settings.name}.`, {
    hint: 'See which there are: /admin/updates/notifications/.',
  })
}
