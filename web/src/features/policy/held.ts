import type { ComponentView } from '../../api/types.ts'

type Waiting = Pick<ComponentView, 'held' | 'held_text' | 'policy' | 'available' | 'update_available'>

/**
 * The pattern of `hold` that keeps what is offered from being installed; null: none does. What the last check found may be
 * older than the policy: the policy counts.
 */
export function heldPattern({ held, policy, available, update_available: offered }: Waiting): string | null {
  if (!offered) return null
  if (held?.kind === 'hold' && policy.hold.includes(held.pattern)) return held.pattern
  return available !== null && policy.hold.includes(available) ? available : null
}

/** Why it waits, for another reason than a hold, or that it failed before, which is told with its run; null: it does not. */
export function otherwiseWaiting({ held, held_text: text, update_available: offered }: Waiting): string | null {
  return !offered || held === null || held.kind === 'hold' || held.kind === 'failed-before' ? null : text
}
