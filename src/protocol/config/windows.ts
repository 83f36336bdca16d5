import { windowFault } from '../../core/policy/window.ts'
import { parseDuration } from '../units.ts'
import { type Finding, isMap, type Path, valueAt } from './finding.ts'

/** Cron lines and time zones that do not exist, for configs with `window` or `every`. Takes the raw config. */
export function windowFindings(config: unknown): readonly Finding[] {
  const components = valueAt(config, ['components'])
  const names = isMap(components) ? Object.keys(components) : []
  return [
    ...everyFindings(config, ['agent', 'check', 'every']),
    ...names.flatMap((name) => everyFindings(config, ['components', name, 'check', 'every'])),
    ...names.flatMap((name) => policyFindings(config, ['components', name, 'policy', 'window'])),
  ]
}

function everyFindings(config: unknown, path: Path): readonly Finding[] {
  const every = valueAt(config, path)
  if (typeof every !== 'string' || every === 'off' || parseDuration(every) !== null) return []
  if (every.trim().split(/\s+/).length !== 5) return []
  const fault = windowFault({ cron: every, durationMs: 0, timezone: null })
  return fault === null ? [] : [{ path, at: 'value', message: fault.message }]
}

function policyFindings(config: unknown, path: Path): readonly Finding[] {
  const cron = valueAt(config, [...path, 'cron'])
  const timezone = valueAt(config, [...path, 'timezone']) ?? null
  if (typeof cron !== 'string' || (timezone !== null && typeof timezone !== 'string')) return []
  const fault = windowFault({ cron, durationMs: 0, timezone })
  return fault === null ? [] : [{ path: [...path, fault.key], at: 'value', message: fault.message }]
}
