import type { Spec } from '../core/model/names.ts'
import type { CheckStep } from '../core/plan/step.ts'
import type { Check, CheckContext, CheckResult } from '../ports/check.ts'
import type { Service, ServiceState } from '../ports/service.ts'

/** Contexts for tests of checks. Not part of the product. */

export const down: ServiceState = {
  found: true,
  running: false,
  state: 'inactive',
  pid: null,
  restarts: 0,
  since: null,
  user: null,
  paths: [],
}
export const up: ServiceState = { ...down, running: true, state: 'active', pid: 4711, since: 0 }

/** A service whose states follow each other, one per look; the last one stays. */
export function serviceOf(...states: readonly ServiceState[]): Service {
  let looks = 0
  return {
    inspect: async () => states[Math.min(looks++, states.length - 1)] ?? down,
    start: async () => {},
    stop: async () => {},
    reload: async () => {},
    relocation: async () => null,
    logs: async () => [],
  }
}

export function stepOf(more: Partial<CheckStep> = {}): CheckStep {
  return {
    kind: 'check',
    phase: 'before',
    detail: 'test',
    check: { type: 'test' },
    service: null,
    probe: null,
    expectedVersion: null,
    paths: [],
    needBytes: 0,
    wayBack: { component: 'app', places: [], trees: [] },
    ...more,
  }
}

/** Sleeping takes no time: it moves `now`. */
export function contextOf(more: Partial<CheckContext> = {}): CheckContext {
  let now = 1_000_000
  return {
    step: stepOf(),
    service: null,
    installedVersion: async () => null,
    wayBackAgesMs: async () => [],
    runAs: null,
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
    ...more,
  }
}

/** Parses the config as a plan's is, and asks once. */
export function ask<C>(
  check: Check<C>,
  config: Omit<Spec, 'type'>,
  context: Partial<CheckContext> = {},
): Promise<CheckResult> {
  const parsed = check.config.parse({ ...config, type: check.kind })
  return check.run(parsed, contextOf(context), new AbortController().signal)
}
