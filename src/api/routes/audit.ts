import { auditAnswerSchema, auditQuerySchema } from '../../protocol/api/access.ts'
import { type Route, route } from '../route.ts'

export const auditRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/audit',
    scope: 'admin',
    summary: 'Who did what, from where, when and with what outcome; newest first, and verified.',
    query: auditQuerySchema,
    answer: auditAnswerSchema,
    async handle({ query: { before, limit } }, { ports }) {
      const { entries, more, broken } = await ports.access.auditLog.read({ before: before ?? null, limit })
      return { entries: [...entries], more, broken, intact: broken === null }
    },
  }),
]
