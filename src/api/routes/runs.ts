import { z } from 'zod'
import { runIdSchema } from '../../core/model/names.ts'
import { BelayError, fail } from '../../core/model/problem.ts'
import { runListSchema, runViewSchema } from '../../protocol/api/runs.ts'
import type { Language } from '../../protocol/messages/render.ts'
import { languageOf } from '../language.ts'
import { type Route, route } from '../route.ts'
import { eventResponse, type ServerEvent } from '../runs/events.ts'
import { runItem, runView } from '../runs/run-view.ts'
import type { RunSignal } from '../runs/watch.ts'

export const runParams = z.object({ id: runIdSchema })

const listQuery = z.object({
  component: z.string().min(1).max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: runIdSchema.optional(),
})

export const runRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/runs',
    scope: 'read',
    summary: 'Past runs, newest first.',
    query: listQuery,
    answer: runListSchema,
    handle: async ({ query: { component, limit, before } }, { ports, head }) =>
      ports.use(async ({ engine }) => {
        const items = await engine.history({
          limit: limit + 1,
          ...(component === undefined ? {} : { component: engine.resolve(component) }),
          ...(before === undefined ? {} : { before }),
        })
        const language = languageOf(head.headers)
        return { runs: items.slice(0, limit).map((item) => runItem(item, language)), more: items.length > limit }
      }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/runs/{id}',
    scope: 'read',
    summary: 'One run with every step, what was seen in it and what came of it.',
    params: runParams,
    answer: runViewSchema,
    async handle({ params: { id } }, { ports, head }) {
      return runView(await ports.watcher.once(id).catch(missing), languageOf(head.headers))
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/runs/{id}/events',
    scope: 'read',
    summary:
      "A run while it goes on, whoever drives it, as server-sent events: `snapshot` (the run) first and after every entry of the journal, `progress` (step and bytes) between, `closed` (the run) at its end. The id of an event is the journal's; `Last-Event-ID` goes on behind it.",
    params: runParams,
    answer: null,
    media: 'text/event-stream',
    async handle({ params: { id } }, { ports, head, signal }) {
      await ports.watcher.once(id).catch(missing)
      const left = new AbortController()
      const signals = ports.watcher.run(id, AbortSignal.any([signal, left.signal]))
      const known = Number(head.headers.get('last-event-id') ?? Number.NaN)
      return eventResponse(runEvents(signals, known, languageOf(head.headers)), {
        clock: ports.clock,
        admit: async () => ports.gate.admit(head, 'read'),
        left: () => left.abort(),
      })
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/events',
    scope: 'read',
    summary:
      'Server-sent events `hint`: something of that kind (components, runs, notifications, settings, agent) is another than before, so that whoever shows it asks again. `agent` comes first: everything may be.',
    answer: null,
    media: 'text/event-stream',
    async handle(_input, { ports, head, signal }) {
      const left = new AbortController()
      const hints = ports.watcher.hints(AbortSignal.any([signal, left.signal]))
      return eventResponse(hintEvents(hints), {
        clock: ports.clock,
        admit: async () => ports.gate.admit(head, 'read'),
        left: () => left.abort(),
      })
    },
  }),
]

/** To `show` a run that is not there is wrong usage; an address of one is not found. */
export function missing(error: unknown): never {
  if (!(error instanceof BelayError) || error.problem.code !== 'E_USAGE') throw error
  throw fail('E_NOT_FOUND', error.problem.message, { hint: 'See which there are: GET /api/v1/runs.' })
}

/** `known`: the entry up to which the reader has seen the run; not a number: none. */
async function* runEvents(
  signals: AsyncGenerator<RunSignal, void>,
  known: number,
  language: Language,
): AsyncGenerator<ServerEvent, void> {
  for await (const signal of signals) {
    if (signal.t === 'progress') {
      const { t, ...data } = signal
      yield { event: t, data }
    } else if (signal.t === 'closed' || signal.seq !== known) {
      yield { event: signal.t, id: signal.seq, data: runView(signal, language) }
    }
  }
}

async function* hintEvents(hints: AsyncGenerator<unknown, void>): AsyncGenerator<ServerEvent, void> {
  yield { event: 'hint', data: { kind: 'agent' } }
  for await (const data of hints) yield { event: 'hint', data }
}
