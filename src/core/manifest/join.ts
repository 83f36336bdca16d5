import type { Spec } from '../model/names.ts'
import { sameUrl } from './own.ts'

/** The component's own checks stay as they are; of a manifest's, those are added that ask for more. */
export function joinChecks(own: readonly Spec[], asked: readonly Spec[]): readonly Spec[] {
  const joined = [...own]
  for (const check of asked) if (!joined.some((known) => asksAsMuch(known, check))) joined.push(check)
  return joined
}

/** Whether a check that is asked anyway answers the other one, too. */
function asksAsMuch(known: Spec, asked: Spec): boolean {
  if (known.type !== asked.type) return false
  switch (asked.type) {
    case 'disk_space':
      return known['path'] === undefined && number(known['minimum_mb']) >= number(asked['minimum_mb'])
    case 'memory':
      return number(known['minimum_mb']) >= number(asked['minimum_mb'])
    case 'backup_exists':
      return number(known['max_age_hours'], Infinity) <= number(asked['max_age_hours'], Infinity)
    case 'health_endpoint':
      return sameUrl(known['url'], asked['url']) && strict(known['expected_status'], asked['expected_status'])
    case 'tcp_port':
      return known['port'] === asked['port']
    case 'version_check':
      return known['expected_version'] === undefined
    case 'network':
      return known['url'] === undefined && known['host'] === undefined
    case 'permissions':
      return known['paths'] === undefined
    default:
      return true
  }
}

/** One that accepts several answers asks for less than one that accepts a single one. */
function strict(known: unknown, asked: unknown): boolean {
  const wanted = asked ?? 200
  return Array.isArray(known) ? known.every((status) => status === wanted) : (known ?? 200) === wanted
}

function number(value: unknown, absent = 0): number {
  return typeof value === 'number' ? value : absent
}
