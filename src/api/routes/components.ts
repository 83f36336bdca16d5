import { z } from 'zod'
import { fail, problemOf } from '../../core/model/problem.ts'
import { checkBodySchema, checkReportSchema } from '../../protocol/api/checks.ts'
import { componentDetailsSchema, componentListSchema, versionListSchema } from '../../protocol/api/components.ts'
import { planBodySchema, plannedSchema } from '../../protocol/api/plan.ts'
import { problemIn } from '../../protocol/messages/render.ts'
import { record } from '../access/record.ts'
import { languageOf } from '../language.ts'
import { type Exchange, type Route, route } from '../route.ts'
import { checkView } from '../runs/component-view.ts'
import { planFor } from '../runs/plan.ts'

export const componentParams = z.object({ name: z.string().min(1).max(200) })

export const componentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/components',
    scope: 'read',
    summary: 'All components: what is installed, what is available, how they are.',
    answer: componentListSchema,
    handle: async (_input, { ports, head }) => ({ components: await ports.overview.read(languageOf(head.headers)) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/components/{name}',
    scope: 'read',
    summary: 'One component, with the notes of every release between what is installed and what is available.',
    params: componentParams,
    answer: componentDetailsSchema,
    handle: async ({ params }, exchange) => details(params.name, exchange),
  }),
  route({
    method: 'GET',
    path: '/api/v1/components/{name}/versions',
    scope: 'read',
    summary: 'Versions that a rollback or an update may name.',
    params: componentParams,
    answer: versionListSchema,
    handle: async ({ params }, { ports, head, signal }) => {
      const { versions, problem } = await ports.use(async ({ engine }) =>
        engine.versions(engine.resolve(params.name), signal),
      )
      return { versions, problem: problem === null ? null : problemIn(problem, languageOf(head.headers)) }
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/check',
    scope: 'operate',
    summary: 'Asks the source. A source that failed is an error in the answer, never "up to date".',
    params: componentParams,
    body: checkBodySchema,
    answer: checkReportSchema,
    async handle({ params, body }, exchange) {
      const { ports } = exchange
      return ports.use(async ({ engine }) => {
        const name = engine.resolve(params.name)
        await record(exchange, { action: 'check', target: name, outcome: 'ok' })
        // Not ended by whoever asked going away: what it finds is noted for everybody.
        const report = (await engine.check([name], { force: body?.force ?? true, signal: ports.stopping })).get(name)
        ports.overview.stale()
        ports.watcher.tell({ kind: 'components', name })
        if (report === undefined) throw fail('E_INTERNAL', `${name} was not checked.`)
        return checkView(report, languageOf(exchange.head.headers))
      })
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/components/{name}/plan',
    scope: 'operate',
    summary: 'What an update, a rollback or a restore would do: steps, bytes, downtime, way back. Changes nothing.',
    params: componentParams,
    body: planBodySchema,
    answer: plannedSchema,
    handle: async ({ params, body }, { ports, head, signal }) =>
      ports.use(async ({ engine }) =>
        planFor(engine.resolve(params.name), body ?? { action: 'update' }, {
          engine,
          language: languageOf(head.headers),
          now: ports.clock.now(),
          signal,
        }),
      ),
  }),
]

async function details(text: string, { ports, head, signal }: Exchange) {
  const language = languageOf(head.headers)
  const all = await ports.overview.read(language)
  return ports.use(async ({ engine }) => {
    const name = engine.resolve(text)
    const component = all.find((one) => one.component === name)
    if (component === undefined) throw fail('E_COMPONENT_UNKNOWN', `There is no component ${name}.`)
    const check = engine.lastCheck(name)
    const [about, asked] = await Promise.all([
      engine.describe(name),
      engine.notes(name, signal).then(
        (notes) => ({ notes, problem: null }),
        (error: unknown) => ({ notes: [], problem: problemIn(problemOf(error), language) }),
      ),
    ])
    const known =
      check === null || check.latest === null
        ? []
        : [{ version: check.latest, date: null, notes: check.release_notes, url: check.release_url ?? null }]
    const notes = asked.notes.length > 0 ? asked.notes : known
    return {
      component,
      check: check === null ? null : checkView(check, language),
      ...about,
      notes: notes.map(({ version, date, notes: text, url }) => ({ version, date, notes_markdown: text, url })),
      notes_problem: asked.problem,
    }
  })
}
