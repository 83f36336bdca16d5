import { requirementRing } from '../../core/plan/order.ts'
import { parseRange, rangeHint } from '../../core/version/range.ts'
import { type Scheme, schemes } from '../../core/version/scheme.ts'
import { type Entries, entriesAt, textsAt, unknownComponent } from './cross.ts'
import { type Finding, valueAt } from './finding.ts'

/** Ranges that a component's scheme cannot read and requirements in a ring, for configs with `hold` or `requires`. */
export function rangeFindings(config: unknown): readonly Finding[] {
  const components = entriesAt(config, ['components'])
  return [...components.flatMap(([name, component]) => holdFindings(name, component)), ...requireFindings(components)]
}

function schemeOf(component: unknown): Scheme {
  return schemes.find((scheme) => scheme === valueAt(component, ['version', 'scheme'])) ?? 'semver'
}

function holdFindings(name: string, component: unknown): readonly Finding[] {
  return textsAt(component, ['policy', 'hold']).flatMap(([index, pattern]) => {
    if (parseRange(pattern, schemeOf(component)) !== null) return []
    return [{ path: ['components', name, 'policy', 'hold', index], at: 'value' as const, message: rangeHint }]
  })
}

/** Belay's own version may be required too, under this name. */
const agentName = 'agent'

function requireFindings(components: Entries): readonly Finding[] {
  const known = new Map(components)
  const wrong = components.flatMap(([name, component]) =>
    entriesAt(component, ['requires']).flatMap(([other, range]): readonly Finding[] => {
      const path = ['components', name, 'requires', other]
      if (!known.has(other) && other !== agentName)
        return [{ path, at: 'key', message: unknownComponent(other, components) }]
      const readable = typeof range !== 'string' || parseRange(range, schemeOf(known.get(other))) !== null
      return readable ? [] : [{ path, at: 'value', message: rangeHint }]
    }),
  )
  const needs = components.map(
    ([name, value]) => [name, entriesAt(value, ['requires']).map(([other]) => other)] as const,
  )
  const ring = requirementRing(new Map(needs))
  if (ring === null) return wrong
  const path = ['components', ring[0] ?? '', 'requires', ring[1] ?? '']
  const message = `these require each other in a ring: ${ring.join(' → ')}. Leave one of them out`
  return [...wrong, { path, at: 'key', message }]
}
