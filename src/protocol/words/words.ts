import type { Auto } from '../../core/policy/auto.ts'
import type { HoldReason } from '../../core/model/release.ts'
import type { RunPhase } from '../../core/run/phase.ts'
import type { MeasuredFacts, OutcomeFacts } from './outcome.ts'
import type { PlanFacts } from './plan.ts'
import type { Label } from './rows.ts'

/**
 * The sentences of one language: they render what was decided and decide nothing themselves. What comes from elsewhere
 * (names, versions) stands in them as it is: whoever shows them makes it harmless for where it is shown.
 */
export interface Words {
  readonly labels: Readonly<Record<Label, string>>
  readonly phases: Readonly<Record<RunPhase, string>>
  /** Whether it runs. `state`: the service manager's own word. */
  health(health: Health): string
  hold(reason: HoldReason, now: number): string
  policy(policy: PolicyFacts): string
  schedule(check: ScheduleFacts): string
  /** `1.0.4 → 1.1.0`, without the name. */
  change(plan: PlanFacts): string
  /** What a release is proven by. null: it was not said. */
  trust(about: TrustFacts): string | null
  /** How long those who use it have to do without. */
  outage(plan: PlanFacts): string
  /** The same in whole sentences. */
  promise(plan: PlanFacts): string
  /** What was seen of it meanwhile. */
  measured(seen: MeasuredFacts): string
  wayBack(plan: PlanFacts): string
  room(plan: PlanFacts): string
  /** The one question before it begins, with what it costs. */
  question(plan: PlanFacts): string
  readonly restart: string
  dataChoice(about: { readonly run: string; readonly data: 'restore' | 'keep'; readonly ageMs: number }): string
  /** What happened and what state things are in now, in one sentence or two. */
  outcome(report: OutcomeFacts): string
  /** What to do next; null: nothing. */
  next(report: OutcomeFacts): string | null
  /** A run in a list. */
  item(item: ItemFacts): string
}

export type Health =
  | { readonly kind: 'unseen' | 'no-service' | 'running' | 'absent' | 'stuck' | 'unfinished' }
  | { readonly kind: 'down'; readonly state: string }

export type TrustFacts = Pick<PlanFacts, 'rung' | 'statedBy' | 'proof'>

export interface PolicyFacts {
  readonly auto: Auto
  readonly window: { readonly cron: string; readonly durationMs: number; readonly timezone: string | null } | null
  readonly soakMs: number
  readonly minAgeMs: number
  readonly hold: readonly string[]
}

export interface ScheduleFacts {
  readonly every:
    | { readonly kind: 'off' }
    | { readonly kind: 'interval'; readonly ms: number }
    | { readonly kind: 'cron'; readonly line: string }
}

export interface ItemFacts {
  readonly component: string
  readonly action: PlanFacts['action']
  readonly from: string | null
  readonly to: string | null
  readonly outcome: 'committed' | 'rolled-back' | 'failed' | 'stuck' | 'unfinished'
}
