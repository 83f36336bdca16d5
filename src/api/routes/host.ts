import { hostSchema } from '../../protocol/api/records.ts'
import { type Route, route } from '../route.ts'

export const hostRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/host',
    scope: 'read',
    summary: 'Where belay runs, with the evidence for each finding.',
    answer: hostSchema,
    handle: async (_input, { ports }) => {
      const [deployment, { settings }] = await Promise.all([ports.deployment(), ports.use(async (loaded) => loaded)])
      const { listen } = settings.agent
      return {
        host: ports.access.hostName,
        version: ports.version,
        state: ports.stateDir,
        config: settings.file,
        listen: listen === null ? null : `${listen.tls === null ? 'http' : 'https'}://${listen.host}:${listen.port}`,
        uptime_ms: Math.round(ports.clock.now() - ports.self().startSeconds * 1000),
        deployment,
      }
    },
  }),
]
