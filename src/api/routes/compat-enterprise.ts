import {
  deploymentInfoSchema,
  enterpriseCheckSchema,
  startUpdateSchema,
  updateStatusSchema,
} from '../../protocol/compat/enterprise.ts'
import { withApplication } from '../compat/application.ts'
import { check } from '../compat/check.ts'
import { deploymentInfo, enterpriseCheck, startUpdate, updateState, updateStatus } from '../compat/enterprise.ts'
import { begin } from '../compat/run.ts'
import { lastRun, statusOf } from '../compat/standing.ts'
import { type Route, route } from '../route.ts'
import { progressOf } from '../socket/tell-run.ts'

/** The enterprise updater's addresses, for the component that `agent.compat.enterprise` names. */
export const compatEnterpriseRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/enterprise/deployment-info',
    scope: 'read',
    summary: 'Where the one application runs, and what that means for its updates.',
    answer: deploymentInfoSchema,
    handle: async (_input, { ports }) =>
      withApplication(ports, 'enterprise', async ({ engine, settings: { name, strategy } }) =>
        deploymentInfo(await ports.detect(), strategy.type, (await engine.describe(name)).path),
      ),
  }),
  route({
    method: 'GET',
    path: '/api/enterprise/check-updates',
    scope: 'read',
    summary: 'Whether there is an update of the one application.',
    answer: enterpriseCheckSchema,
    handle: async (_input, exchange) =>
      withApplication(exchange.ports, 'enterprise', async (application) =>
        enterpriseCheck(
          await exchange.ports.detect(),
          application.settings.strategy.type,
          await check(exchange, application),
        ),
      ),
  }),
  route({
    method: 'POST',
    path: '/api/enterprise/start-update',
    scope: 'operate',
    summary: 'Starts the update of the one application; update-status tells how it goes on.',
    answer: startUpdateSchema,
    async handle(_input, exchange) {
      const { ports } = exchange
      const { name, strategy } = await withApplication(ports, 'enterprise', async ({ settings }) => settings)
      const begun = await begin(exchange, 'update', name, async (asker) => ports.starter.update(name, {}, asker))
      return startUpdate(await ports.detect(), strategy.type, begun)
    },
  }),
  route({
    method: 'GET',
    path: '/api/enterprise/update-status',
    scope: 'read',
    summary: 'How far the update of the one application is.',
    answer: updateStatusSchema,
    handle: async (_input, { ports }) =>
      withApplication(ports, 'enterprise', async ({ engine, settings: { name } }) => {
        const [status, run] = [await statusOf(engine, name), await lastRun(engine, name)]
        const told = run === null ? null : progressOf(run, null)
        return updateStatus(await ports.detect(), updateState(status, run, ports.clock.now()), told)
      }),
  }),
]
