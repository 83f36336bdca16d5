import { type Route, route } from '../route.ts'

export const supportRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/support-bundle',
    scope: 'admin',
    summary: 'Logs, journal, config without secrets and what this host is, as one archive.',
    answer: null,
    async handle(_input, { ports }) {
      const bundle = await ports.use((loaded) => ports.bundle(loaded))
      return new Response(bundle, {
        headers: {
          'content-type': 'application/gzip',
          'content-disposition': 'attachment; filename="belay-support.tar.gz"',
        },
      })
    },
  }),
]
