import type { ComponentName } from '../../core/model/names.ts'
import { fail, type Problem, problemOf } from '../../core/model/problem.ts'
import { mainTarget, type Plan } from '../../core/plan/plan.ts'
import type { Engine, Planned, RunReport } from '../../ports/engine.ts'
import type { PlanView } from '../../protocol/api/plan.ts'
import type { Language } from '../../protocol/messages/render.ts'
import { wordsIn } from '../../protocol/words/in.ts'
import { planView, reportView } from './run-view.ts'

export interface PlanWish {
  readonly action: 'update' | 'rollback' | 'restore'
  readonly to?: string | undefined
  readonly now?: boolean | undefined
  readonly data?: 'restore' | 'keep' | undefined
  readonly backup?: string | undefined
}

export type PlanAnswer = { readonly plan: PlanView } | { readonly current: RunReport; readonly text: string }

export interface PlanContext {
  readonly engine: Engine
  readonly language: Language
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly signal: AbortSignal
}

/** What a run would do. Changes nothing. Throws what refuses it. */
export async function planFor(name: ComponentName, wish: PlanWish, context: PlanContext): Promise<PlanAnswer> {
  switch (wish.action) {
    case 'update': {
      const planned = await context.engine.plan(name, { ...given(wish, ['to', 'now']), signal: context.signal })
      return answer(planned, null, context)
    }
    case 'rollback':
      return rollbackPlan(name, wish, context)
    case 'restore': {
      if (wish.backup === undefined) {
        throw fail('E_REQUEST_INVALID', 'Which backup is not said.', { hint: 'Name it as "backup".' })
      }
      return answer(await context.engine.planRestoreBackup(name, wish.backup, context.signal), null, context)
    }
  }
}

/** Only the keys that were said: what is not said has a meaning of its own. */
function given<K extends keyof PlanWish>(wish: PlanWish, keys: readonly K[]) {
  const said = keys.flatMap((key) => (wish[key] === undefined ? [] : [[key, wish[key]] as const]))
  return Object.fromEntries(said) as { readonly [key in K]?: NonNullable<PlanWish[key]> }
}

/** Where a migration lies between, the plan is that of one of the two choices, and says that there is one. */
async function rollbackPlan(name: ComponentName, wish: PlanWish, context: PlanContext): Promise<PlanAnswer> {
  const { engine, signal, language } = context
  const options = { ...given(wish, ['to']), signal }
  const asked = await engine.planRollback(name, options).catch(problemOf)
  if (!('code' in asked)) {
    if (wish.data === undefined) return answer(asked, null, context)
    return answer(await engine.planRollback(name, { ...options, data: wish.data }), null, context)
  }
  const choice = asked.code === 'E_DATA_CHOICE' ? choiceOf(asked) : null
  const data = wish.data ?? 'keep'
  // Whatever it was, asking again throws it.
  const planned = await engine.planRollback(name, choice === null ? options : { ...options, data })
  if (choice === null) return answer(planned, null, context)
  const text = wordsIn(language).dataChoice({ run: choice.run, data, ageMs: choice.ageMs })
  return answer(planned, { data, migrated_by: choice.run, backup_age_ms: choice.ageMs, text }, context)
}

function choiceOf({ facts }: Problem): { readonly run: string; readonly ageMs: number } | null {
  const { run, backup_age_ms: ageMs } = facts
  return typeof run === 'string' && typeof ageMs === 'number' ? { run, ageMs } : null
}

function answer(planned: Planned, data: PlanView['data_choice'], context: PlanContext): PlanAnswer {
  const { language } = context
  if ('current' in planned)
    return { current: reportView(planned.current, language), text: wordsIn(language).outcome(planned.current) }
  return { plan: planView(planned.plan, { data, held: heldText(planned.plan, context) }, language) }
}

/** Why that version was not installed by itself: whoever asks for it overrides that. */
function heldText(plan: Plan, { engine, language, now }: PlanContext): string | null {
  const { component, to } = mainTarget(plan)
  const last = engine.lastCheck(component)
  if (plan.action !== 'update' || last === null || last.held === null || last.latest !== to) return null
  return wordsIn(language).hold(last.held, now)
}
