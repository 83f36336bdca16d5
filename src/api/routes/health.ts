import { z } from 'zod'
import { type Route, route } from '../route.ts'

export const healthRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/healthz',
    scope: 'public',
    summary: 'Whether the agent answers.',
    answer: z.object({ status: z.literal('ok') }),
    handle: async () => ({ status: 'ok' as const }),
  }),
]
