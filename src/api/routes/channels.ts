import { problemOf } from '../../core/model/problem.ts'
import type { ChannelReport } from '../../ports/channels.ts'
import { channelListSchema, channelParamsSchema, channelTestedSchema } from '../../protocol/api/channels.ts'
import { briefIn, type Language } from '../../protocol/messages/render.ts'
import { record } from '../access/record.ts'
import { languageOf } from '../language.ts'
import { type Route, route } from '../route.ts'

export const channelRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/channels',
    scope: 'admin',
    summary: 'Whom messages are sent to, and how that goes.',
    answer: channelListSchema,
    async handle(_input, { ports, head }) {
      const language = languageOf(head.headers)
      const all = await ports.use(async (loaded) => ports.channels(loaded).list())
      return { channels: all.map((channel) => told(channel, language)) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/channels/{name}/test',
    scope: 'admin',
    summary: 'Sends a test message at once, and tells whether it was taken.',
    params: channelParamsSchema,
    answer: channelTestedSchema,
    async handle({ params: { name } }, exchange) {
      const { ports, signal } = exchange
      const about = { action: 'channel-test', target: name }
      try {
        await ports.use((loaded) => ports.channels(loaded).test(name, signal))
      } catch (error) {
        await record(exchange, { ...about, outcome: problemOf(error).code })
        throw error
      }
      await record(exchange, { ...about, outcome: 'ok' })
      return { sent: true as const }
    },
  }),
]

function told(channel: ChannelReport, language: Language): ChannelReport {
  const { last_problem: problem } = channel
  return { ...channel, last_problem: problem === null ? null : briefIn(problem, language) }
}
