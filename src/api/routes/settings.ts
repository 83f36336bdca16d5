import { z } from 'zod'
import { problemOf } from '../../core/model/problem.ts'
import {
  secretBodySchema,
  secretPlaceSchema,
  settingsChangeSchema,
  settingsSchema,
} from '../../protocol/api/settings.ts'
import { secretNameSchema } from '../../protocol/settings-file.ts'
import { record } from '../access/record.ts'
import { languageOf } from '../language.ts'
import { type Exchange, type Route, route } from '../route.ts'
import { settingsView } from '../runs/settings-view.ts'

export const settingsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/settings',
    scope: 'admin',
    summary:
      'What the page may change: policy, schedules, holds, notification channels; and what the config says of each.',
    answer: settingsSchema,
    handle: async (_input, exchange) => answer(exchange),
  }),
  route({
    method: 'PUT',
    path: '/api/v1/settings',
    scope: 'admin',
    summary:
      'Changes some of it. What is left out stays, null goes back to the config. With `If-Match` (the `ETag` of GET) only where nobody changed it since: 412.',
    body: settingsChangeSchema,
    answer: settingsSchema,
    async handle({ body }, exchange) {
      const { ports, head } = exchange
      const tell = async (outcome: string) => record(exchange, { action: 'settings', target: named(body), outcome })
      try {
        await ports.pageSettings.change(body, head.headers.get('if-match'))
      } catch (error) {
        await tell(problemOf(error).code)
        throw error
      }
      await tell('ok')
      ports.overview.stale()
      ports.watcher.tell({ kind: 'settings' })
      return answer(exchange)
    },
  }),
  route({
    method: 'PUT',
    path: '/api/v1/secrets/{name}',
    scope: 'admin',
    summary:
      'Keeps a secret of a notification channel on this host. It is never answered; `file` is what the channel names.',
    params: z.object({ name: secretNameSchema }),
    body: secretBodySchema,
    answer: secretPlaceSchema,
    async handle({ params: { name }, body: { value } }, exchange) {
      await record(exchange, { action: 'secret', target: name, outcome: 'ok' })
      const { pageSettings } = exchange.ports
      await pageSettings.writeSecret(name, value)
      return { file: pageSettings.secretFile(name) }
    },
  }),
]

async function answer({ ports: { use, pageSettings }, head }: Exchange): Promise<Response> {
  const language = languageOf(head.headers)
  const view = await use(async ({ settings }) => settingsView(settings, pageSettings.file, language))
  return Response.json(view, { headers: { etag: view.etag } })
}

/** What was changed, for the audit log: names, never values. */
function named({ components = {}, channels = {} }: z.infer<typeof settingsChangeSchema>): string {
  const all = [...Object.keys(components), ...Object.keys(channels).map((name) => `channel ${name}`)]
  return all.join(', ').slice(0, 200)
}
