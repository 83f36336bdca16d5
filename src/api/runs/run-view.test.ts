import { expect, test } from 'vitest'
import { runReport } from '../../../test/fakes/engine.ts'
import { corePlan } from '../../../test/fakes/plan.ts'
import { problem } from '../../core/model/problem.ts'
import type { RunDetails } from '../../ports/engine.ts'
import { messagesIn } from '../../protocol/messages/render.ts'
import type { PlanManifest } from '../../core/manifest/facts.ts'
import { planView, reportView, runView } from './run-view.ts'

const note = 'Nothing states a checksum for this release: only the connection was checked.'
const plan = corePlan({}, { warnings: [note] })
const unhealthy = problem('E_CHECK_FAILED', 'the service died', { hint: 'Look at its log.', facts: { tries: 3 } })
const untidy = problem('E_IO', 'the download could not be removed')
const failed = (step: number, of: typeof untidy) => ({ entry: { t: 'failed', verb: 'apply', step, problem: of } })
const details = {
  ...runReport(),
  plan,
  problem: unhealthy,
  warnings: [note, untidy.message],
  opened: '2026-11-20T12:00:00.000Z',
  closed: '2026-11-20T12:01:00.000Z',
  phase: 'rolled_back',
  outcome: 'rolled-back',
  steps: [...plan.steps, ...plan.back].map(({ kind, detail }) => ({ kind, detail, state: 'done', ms: 1, facts: {} })),
  entries: [failed(6, unhealthy), failed(8, untidy)],
} as unknown as RunDetails
const view = (language: 'en' | 'de') => runView({ details, seq: 9, driven: false }, language)

test('when a run is read in German then its steps, notes and problems are German', () => {
  const { title, hint } = messagesIn('de').E_CHECK_FAILED
  const said = { message: `${title} (tries: 3)`, hint, code: 'E_CHECK_FAILED', facts: { tries: 3 } }
  const { problem: why, warnings, steps } = view('de')
  expect(why).toMatchObject(said)
  expect(warnings).toEqual([
    'Für diese Version ist keine Prüfsumme angegeben: nur die Verbindung wurde geprüft.',
    messagesIn('de').E_IO.title,
  ])
  expect(steps[6]).toMatchObject({ title: 'nachprüfen', detail: 'der Dienst ist aktiv', problem: said })
})

test('when a run is read in English then all of it is what the journal has', () => {
  const { problem: why, warnings, steps } = view('en')
  expect(why).toEqual(unhealthy)
  expect(warnings).toEqual([note, untidy.message])
  expect(steps.map(({ detail }) => detail)).toEqual(details.steps.map(({ detail }) => detail))
  expect(steps[8]?.problem).toEqual(untidy)
})

test('when somebody looked at the front door meanwhile then a sentence says what was seen', () => {
  const measured = { asked: 1240, failed: 2, worst_ms: 45 }
  const seen = runView({ details: { ...details, measured }, seq: 9, driven: false }, 'de')
  expect(seen).toMatchObject({
    measured,
    measured_text: '1.240 Anfragen am Eingang währenddessen: 2 schlugen fehl, die langsamste dauerte 45 ms.',
  })
  expect(view('de').measured_text).toBeNull()
})

test('when a plan promises something then both the numbers and the sentences tell it', () => {
  const promise = {
    requests: 'none',
    streams: { keptMs: 600_000, told: false },
    outageMs: 0,
    basis: 'by-design',
  } as const
  const shown = planView(corePlan({}, { stops: false, promise }), { data: null, held: null }, 'en')
  expect(shown.down_ms_expected).toBe(0)
  expect(shown.down_text).toMatch(/^No request is lost\. Open streams stay/)
  expect(shown.question_text).toContain(shown.down_text)
  const older = planView(plan, { data: null, held: null }, 'en')
  expect(older).toMatchObject({ down_ms_expected: 1400, down_text: expect.stringMatching(/^Nobody is served/) })
})

test('when a plan or the report that nothing is to be done is read in German then its notes and problem are German', () => {
  const german = planView(plan, { data: null, held: null }, 'de')
  expect(german.warnings).toEqual([view('de').warnings[0]])
  expect(german.steps.at(-1)?.title).toBe('aufräumen')
  const report = reportView({ ...runReport(), problem: unhealthy, warnings: [note] }, 'de')
  expect(report.problem?.hint).toBe(messagesIn('de').E_CHECK_FAILED.hint)
  expect(report.warnings).toEqual(german.warnings)
})

const asked = { action: 'stop_service', detail: 'core', done: 'stop' }
const manifest = {
  name: 'update-manifest.yaml',
  url: null,
  digest: null,
  reasons: [],
  steps: [asked],
  rollback: [],
  before: [],
  after: [],
  requires: {},
}

test('when the publisher has a manifest, then the plan says what it asks for, or why it does not count', () => {
  const of = (more: Partial<PlanManifest>) =>
    planView(
      corePlan({}, { manifest: { ...manifest, verdict: 'accepted', ...more } }),
      { data: null, held: null },
      'en',
    )
  expect(of({}).manifest).toEqual({ name: 'update-manifest.yaml', accepted: true, reasons: [], steps: [asked] })
  const refused = of({ verdict: 'refused', reasons: ['update-manifest.yaml:3:1: a shell command'], steps: [] })
  expect(refused.manifest).toMatchObject({ accepted: false, reasons: ['update-manifest.yaml:3:1: a shell command'] })
  expect(of({ verdict: 'missing', name: null }).manifest).toBeNull()
})
