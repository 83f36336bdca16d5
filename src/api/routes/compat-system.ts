import { fail } from '../../core/model/problem.ts'
import {
  latestVersionSchema,
  systemCheckSchema,
  systemHealthSchema,
  systemVersionSchema,
} from '../../protocol/compat/system.ts'
import type { CheckReport } from '../../ports/engine.ts'
import { withApplication } from '../compat/application.ts'
import { check } from '../compat/check.ts'
import { latestVersion, systemCheck, systemHealth, systemVersion } from '../compat/system.ts'
import { type Exchange, type Route, route } from '../route.ts'

/** The CRM's own addresses, for the component that `agent.compat.system` names. */
export const compatSystemRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/system/version',
    scope: 'public',
    summary: 'The version of the one application that runs.',
    answer: systemVersionSchema,
    async handle(_input, { ports }) {
      const { status, buildDate } = await ports.publicStanding()
      return systemVersion(status, buildDate)
    },
  }),
  route({
    method: 'GET',
    path: '/api/system/health',
    scope: 'public',
    summary: 'Whether the one application is well: 200, or 503.',
    answer: systemHealthSchema,
    async handle(_input, { ports }) {
      const { status } = await ports.publicStanding()
      const health = systemHealth(status, new Date(ports.clock.now()).toISOString())
      return health.status === 'healthy' ? health : Response.json(health, { status: 503 })
    },
  }),
  route({
    method: 'GET',
    path: '/api/system/updates/check',
    scope: 'admin',
    summary: 'Whether there is an update of the one application.',
    answer: systemCheckSchema,
    handle: async (_input, exchange) => systemCheck(await checked(exchange)),
  }),
  route({
    method: 'GET',
    path: '/api/latest-version',
    scope: 'read',
    summary: 'The newest release of the one application, as an update server answers.',
    answer: latestVersionSchema,
    async handle(_input, exchange) {
      const latest = latestVersion(await checked(exchange))
      if (latest !== null) return latest
      throw fail('E_NO_RELEASE', 'Its source has no release.', {
        hint: 'Publish one, or look at the source: belay check.',
      })
    },
  }),
]

async function checked(exchange: Exchange): Promise<CheckReport> {
  return withApplication(exchange.ports, 'system', async (application) => check(exchange, application))
}
