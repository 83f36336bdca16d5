import type { CheckReport, StatusReport } from '../../ports/engine.ts'
import type { ComponentView } from '../../protocol/api/components.ts'
import type { CheckTimesView, PolicyView } from '../../protocol/api/policy.ts'
import { briefIn, type Language, problemIn } from '../../protocol/messages/render.ts'
import type { ComponentSettings } from '../../protocol/settings.ts'
import { durationText } from '../../protocol/units.ts'
import { wordsIn } from '../../protocol/words/in.ts'
import { trustFacts } from '../../protocol/words/trust.ts'
import type { Health } from '../../protocol/words/words.ts'

/** What is known of a component. */
export interface ComponentFacts {
  readonly settings: ComponentSettings
  readonly status: StatusReport
  readonly check: CheckReport | null
  readonly self: boolean
}

/** A component as people see it. `now`: milliseconds since the epoch. */
export function componentView(facts: ComponentFacts, now: number, language: Language): ComponentView {
  const { settings, status, check, self } = facts
  const words = wordsIn(language)
  const health = healthOf(status)
  return {
    ...status,
    problem: status.problem === null ? null : problemIn(status.problem, language),
    aliases: settings.aliases,
    relation: check?.relation ?? 'unknown',
    health: severity[health.kind],
    health_text: words.health(health),
    held_text: status.held === null ? null : words.hold(status.held, now),
    trust_text: status.trust === undefined ? null : words.trust(trustFacts(status.trust)),
    policy: policyView(settings),
    policy_text: words.policy(settings.policy),
    check: checkTimesView(settings),
    schedule_text: words.schedule(settings.check),
    busy_run: status.lock === null ? null : (status.unfinished?.run ?? null),
    self,
  }
}

/** What a check found, told in that language. */
export function checkView(report: CheckReport, language: Language): CheckReport {
  const { error } = report
  return { ...report, error: error === null ? null : briefIn(error, language) }
}

const severity: Readonly<Record<Health['kind'], ComponentView['health']>> = {
  unseen: 'unknown',
  absent: 'unknown',
  'no-service': 'ok',
  running: 'ok',
  stuck: 'trouble',
  unfinished: 'trouble',
  down: 'trouble',
}

function healthOf({ state, service, unfinished, lock }: StatusReport): Health {
  if (unfinished?.phase === 'stuck' && lock === null) return { kind: 'stuck' }
  if (unfinished !== null && lock === null) return { kind: 'unfinished' }
  if (state === 'unknown') return { kind: 'unseen' }
  if (state === 'absent') return { kind: 'absent' }
  if (service === null) return { kind: 'no-service' }
  return service.running ? { kind: 'running' } : { kind: 'down', state: service.state }
}

export function policyView({ policy }: Pick<ComponentSettings, 'policy'>): PolicyView {
  const { auto, window, soakMs, minAgeMs, hold } = policy
  return {
    auto,
    window:
      window === null
        ? null
        : { cron: window.cron, duration: durationText(window.durationMs), timezone: window.timezone },
    soak: durationText(soakMs),
    min_age: durationText(minAgeMs),
    hold,
  }
}

export function checkTimesView({ check: { every, jitterMs } }: Pick<ComponentSettings, 'check'>): CheckTimesView {
  const jitter = durationText(jitterMs)
  switch (every.kind) {
    case 'off':
      return { every: 'off', jitter }
    case 'interval':
      return { every: durationText(every.ms), jitter }
    case 'cron':
      return { every: every.line, jitter }
  }
}
