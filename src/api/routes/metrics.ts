import { type Route, route } from '../route.ts'

export const metricsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/metrics',
    scope: 'read',
    summary: 'Numbers for Prometheus.',
    answer: null,
    async handle(_input, { ports }) {
      const { metricsText } = await import('../observe/metrics.ts')
      const [statuses, totals] = await ports.use(({ engine }) =>
        Promise.all([engine.status(engine.components()), engine.totals()]),
      )
      const { type, text } = await metricsText({ version: ports.version, statuses, totals, process: ports.self() })
      return new Response(text, { headers: { 'content-type': type } })
    },
  }),
]
