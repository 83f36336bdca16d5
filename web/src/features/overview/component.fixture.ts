import type { ComponentView } from '../../api/types.ts'

/** A component that is well and has nothing to install. */
export function componentView(change: Partial<ComponentView> = {}): ComponentView {
  return {
    component: 'core',
    installed: '1.0.4',
    state: 'installed',
    available: '1.0.4',
    update_available: false,
    last_checked: '2026-11-21T12:00:00Z',
    service: null,
    held: null,
    unfinished: null,
    lock: null,
    last_run: null,
    kept: [],
    problem: null,
    aliases: [],
    relation: 'current',
    health: 'ok',
    health_text: 'running',
    held_text: null,
    policy: { auto: 'none', window: null, soak: '0s', min_age: '0s', hold: [] },
    trust_text: null,
    policy_text: '',
    check: { every: '24h', jitter: '10m' },
    schedule_text: '',
    busy_run: null,
    self: false,
    ...change,
  }
}
