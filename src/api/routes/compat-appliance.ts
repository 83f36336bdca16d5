import { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import {
  applianceBackupsSchema,
  applianceCheckSchema,
  applianceHistorySchema,
  applianceRunSchema,
  applianceStatusSchema,
} from '../../protocol/compat/enterprise.ts'
import { applianceBackups, applianceCheck, applianceRun, applianceStatus, commitOf } from '../compat/appliance.ts'
import { type Application, withApplication } from '../compat/application.ts'
import { check } from '../compat/check.ts'
import { begin, followed } from '../compat/run.ts'
import { statusOf } from '../compat/standing.ts'
import { type Exchange, type Route, route } from '../route.ts'

const commitsMax = 20
const recentMax = 5

function withAppliance<T>({ ports }: Exchange, work: (application: Application) => Promise<T>): Promise<T> {
  return withApplication(ports, 'enterprise', work)
}

/** The appliance's later addresses, for the component that `agent.compat.enterprise` names. */
export const compatApplianceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/update/check',
    scope: 'read',
    summary: 'Whether there is an update of the one application.',
    answer: applianceCheckSchema,
    handle: async (_input, exchange) =>
      withAppliance(exchange, async (application) =>
        applianceCheck(await check(exchange, application, { force: true })),
      ),
  }),
  route({
    method: 'GET',
    path: '/api/update/status',
    scope: 'read',
    summary: 'What stands, and what the last check found.',
    answer: applianceStatusSchema,
    handle: async (_input, exchange) =>
      withAppliance(exchange, async ({ engine, settings: { name } }) => {
        const { versions } = await engine.versions(name, exchange.signal)
        const backups = await engine.backups([name])
        const { path } = await engine.describe(name)
        const check = engine.lastCheck(name)
        return applianceStatus(await statusOf(engine, name), check, path, backups.length, versions.slice(0, recentMax))
      }),
  }),
  route({
    method: 'GET',
    path: '/api/update/history',
    scope: 'read',
    summary: 'The newest versions of the one application.',
    answer: applianceHistorySchema,
    handle: async (_input, exchange) =>
      withAppliance(exchange, async ({ engine, settings: { name } }) => {
        const { versions } = await engine.versions(name, exchange.signal)
        return { commits: versions.slice(0, commitsMax).map(commitOf) }
      }),
  }),
  route({
    method: 'GET',
    path: '/api/update/backups',
    scope: 'read',
    summary: 'What one can go back to.',
    answer: applianceBackupsSchema,
    handle: async (_input, exchange) =>
      withAppliance(exchange, async ({ engine, settings: { name } }) => applianceBackups(await engine.backups([name]))),
  }),
  route({
    method: 'POST',
    path: '/api/update/install',
    scope: 'operate',
    summary: 'Updates the one application, and waits for the end for a while.',
    answer: applianceRunSchema,
    async handle(_input, exchange) {
      const name = await withAppliance(exchange, async ({ settings }) => settings.name)
      const begun = await begin(exchange, 'update', name, async (asker) =>
        exchange.ports.starter.update(name, {}, asker),
      )
      return applianceRun(await followed(exchange, begun))
    },
  }),
  route({
    method: 'POST',
    path: '/api/update/rollback',
    scope: 'operate',
    summary: 'Goes back to the version that a backup was made of, or to the version of that name.',
    body: z.strictObject({ backup_name: z.string().min(1).max(200), data: z.enum(['restore', 'keep']).optional() }),
    answer: applianceRunSchema,
    async handle({ body: { backup_name: wanted, data } }, exchange) {
      const { name, to } = await withAppliance(exchange, async ({ engine, settings }) => {
        const backup = (await engine.backups([settings.name])).find(({ id }) => id === wanted)
        return { name: settings.name, to: backup === undefined ? wanted : backup.version }
      })
      if (to === null) {
        throw fail('E_VERSION_UNKNOWN', `It is not known of which version ${wanted} was made.`, {
          hint: 'Name a version, or restore it as a backup: belay backups restore.',
        })
      }
      const begun = await begin(exchange, 'rollback', name, async (asker) =>
        exchange.ports.starter.rollback(name, { to, ...(data === undefined ? {} : { data }) }, asker),
      )
      return applianceRun(await followed(exchange, begun))
    },
  }),
  route({
    method: 'POST',
    path: '/api/update/restart',
    scope: 'operate',
    summary: 'Refused: updates and rollbacks restart the service themselves.',
    answer: applianceRunSchema,
    async handle() {
      throw fail('E_USAGE', 'The service is restarted by updates and rollbacks, where that is needed.', {
        hint: 'To restart it without one, ask its own manager, such as systemctl restart.',
      })
    },
  }),
]
