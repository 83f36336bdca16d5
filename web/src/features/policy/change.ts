import type { PolicyView, SettingsView } from '../../api/types.ts'
import type { noWindow } from './window.ts'

/** Everything about when a component is checked and updated. */
export interface PolicyForm {
  /** A window that is `off`: none, though the config has one. */
  readonly policy: Omit<PolicyView, 'window'> & { readonly window: PolicyView['window'] | typeof noWindow }
  readonly every: string
}

type Own = SettingsView['components'][string]

/** The part of a change of settings that makes `own` what `wanted` says; null takes a key back to the config. */
export function changeOf(own: Own, wanted: PolicyForm): Readonly<Record<string, unknown>> {
  const { policy, check, from_file: file } = own
  const changed = Object.entries(wanted.policy).flatMap(([key, value]) => {
    const name = key as keyof PolicyView
    if (same(value, policy[name])) return []
    return [[key, same(value, file.policy[name]) ? null : written(value)] as const]
  })
  const every = wanted.every === check.every ? [] : [wanted.every === file.check.every ? null : wanted.every]
  return {
    ...(changed.length === 0 ? {} : { policy: Object.fromEntries(changed) }),
    ...(every.length === 0 ? {} : { check: { every: every[0] } }),
  }
}

/** As the config writes it: what is not said is left out. */
function written(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
    : value
}

/** Values of the config as JSON: their keys come in one order, for one schema wrote them. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The pattern of `hold` that stands for one version alone. */
export function withHold(policy: PolicyView, version: string): PolicyView {
  return policy.hold.includes(version) ? policy : { ...policy, hold: [...policy.hold, version] }
}

export function withoutHold(policy: PolicyView, pattern: string): PolicyView {
  return { ...policy, hold: policy.hold.filter((one) => one !== pattern) }
}
