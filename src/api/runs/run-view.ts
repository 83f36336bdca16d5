import type { Problem } from '../../core/model/problem.ts'
import { movesBelay, type Plan } from '../../core/plan/plan.ts'
import type { HistoryItem, RunDetails, RunReport } from '../../ports/engine.ts'
import { type Language, problemIn } from '../../protocol/messages/render.ts'
import type { PlanView } from '../../protocol/api/plan.ts'
import type { RunView } from '../../protocol/api/runs.ts'
import { detailIn } from '../../protocol/words/detail.ts'
import { wordsIn } from '../../protocol/words/in.ts'
import { logLines } from '../../protocol/words/log-lines.ts'
import { planFacts } from '../../protocol/words/plan.ts'
import { type Row, rowsOf } from '../../protocol/words/rows.ts'
import { warningIn } from '../../protocol/words/warning.ts'
import type { Snapshot } from './watch.ts'

/** A run as people see it. */
export function runView({ details, seq, driven }: Snapshot, language: Language): RunView {
  const words = wordsIn(language)
  // The plan and the entries are belay's own; people see the steps that they led to.
  const { plan, entries, steps, run, closed, outcome, problem, warnings, measured, ...rest } = details
  const about = stepViews(plan, language)
  const failures = failuresOf(entries, language)
  const said = failureTexts(entries, language)
  const over = closed === null || run === null ? null : { ...details, outcome }
  return {
    ...rest,
    ...(measured === undefined ? {} : { measured }),
    run: plan.run,
    seq,
    driven,
    closed,
    outcome: closed === null || outcome === 'current' ? 'unfinished' : outcome,
    problem: problem === null ? null : problemIn(problem, language),
    warnings: warnings.map((text) => said.get(text) ?? warningIn(text, language)),
    phase_text: words.phases[details.phase],
    title_text: `${details.component}  ${words.change(planFacts(plan, []))}`,
    outcome_text: over === null ? null : words.outcome(over),
    next_text: over === null ? null : words.next(over),
    measured_text: measured === undefined ? null : words.measured(measured),
    commit_after: plan.commitAfter,
    steps: steps.flatMap(({ state, ms, facts }, index) => {
      const step = about[index]
      return step === undefined
        ? []
        : [
            {
              ...step,
              back: index >= plan.steps.length,
              state,
              ms,
              facts,
              problem: failures.get(index) ?? null,
              log: logLines(facts),
            },
          ]
    }),
  }
}

/** The last one of each step: that it was undone since does not tell why. */
function failuresOf(entries: RunDetails['entries'], language: Language): ReadonlyMap<number, Problem> {
  return new Map(
    entries.flatMap(({ entry }) =>
      entry.t === 'failed' && entry.verb === 'apply' ? [[entry.step, problemIn(entry.problem, language)] as const] : [],
    ),
  )
}

/** What was said of each failure: that of a cleanup step becomes a note of the run. */
function failureTexts(entries: RunDetails['entries'], language: Language): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap(({ entry }) =>
      entry.t === 'failed' ? [[entry.problem.message, problemIn(entry.problem, language).message] as const] : [],
    ),
  )
}

type StepView = PlanView['steps'][number]

/** The steps of a plan, then those that prove the way back. */
function stepViews(plan: Plan, language: Language): readonly StepView[] {
  const { labels } = wordsIn(language)
  const all = [...plan.steps, ...plan.back]
  return rowsOf(plan).flatMap((row, group) =>
    row.steps.flatMap((index) => {
      const step = all[index]
      if (step === undefined) return []
      const detail = detailIn(step, language)
      return [{ index, group, kind: step.kind, title: labels[row.label], detail, when: whenOf(row) }]
    }),
  )
}

function whenOf({ phase, down }: Row): StepView['when'] {
  if (phase === 'before') return 'running'
  return down ? 'down' : 'after'
}

/** What was asked besides the plan itself. */
export interface PlanAsked {
  readonly data: PlanView['data_choice']
  readonly held: string | null
}

/** A plan as people see it. */
export function planView(plan: Plan, { data, held }: PlanAsked, language: Language): PlanView {
  const words = wordsIn(language)
  const facts = planFacts(plan)
  const { about } = plan
  return {
    component: facts.component,
    action: plan.action,
    from: facts.from,
    to: facts.to,
    title_text: `${facts.component}  ${words.change(facts)}`,
    source: about.source,
    release_date: about.releasedAt,
    trust_text: words.trust(facts),
    steps: stepViews(plan, language).filter(({ index }) => index < plan.steps.length),
    commit_after: plan.commitAfter,
    down_ms_expected: facts.promise.outageMs,
    down_ms_last: about.lastDowntimeMs,
    down_text: words.promise(facts),
    bytes: about.downloadBytes,
    disk_bytes: about.needBytes,
    free_bytes: about.freeBytes,
    way_back: words.wayBack(facts),
    question_text: words.question(facts),
    data_choice: data,
    manifest: manifestView(plan),
    held_text: held,
    warnings: [
      ...about.warnings.map((text) => warningIn(text, language)),
      ...(about.restartRequired ? [words.restart] : []),
    ],
    restart_required: about.restartRequired,
    self: movesBelay(plan),
  }
}

function manifestView({ about: { manifest } }: Plan): PlanView['manifest'] {
  if (manifest === undefined || manifest.name === null) return null
  const { name, verdict, reasons, steps } = manifest
  return { name, accepted: verdict === 'accepted', reasons, steps }
}

/** What a run that was not needed, or is over, says. The names of its steps stay: programs read them. */
export function reportView(report: RunReport, language: Language): RunReport {
  const { problem, warnings } = report
  return {
    ...report,
    problem: problem === null ? null : problemIn(problem, language),
    warnings: warnings.map((text) => warningIn(text, language)),
  }
}

export function runItem(item: HistoryItem, language: Language) {
  return { ...item, text: wordsIn(language).item(item) }
}
