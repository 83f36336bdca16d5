import {
  type Advice,
  cronOf,
  imageName,
  isFalse,
  isTrue,
  labelsUnder,
  type Schedule,
  type ToolNotes,
} from './advice.ts'
import { patternAdvice } from './pattern-advice.ts'
import type { ComposeService } from './read.ts'

const prefixes = ['diun.'] as const

export interface Diun {
  readonly service: string | null
  readonly schedule: string | null
}

export const assumedDiun: Diun = { service: null, schedule: null }

export function hasDiunLabels(service: ComposeService): boolean {
  return labelsUnder(service, prefixes).size > 0
}

export function diunOf(service: ComposeService): Diun | null {
  if (imageName(service) !== 'diun') return null
  return { service: service.name, schedule: service.environment.get('DIUN_WATCH_SCHEDULE') ?? null }
}

/** Diun tells and never changes anything. */
export function diunAdvice(service: ComposeService, { schedule }: Diun): Advice {
  const labels = labelsUnder(service, prefixes)
  const one = (key: string) =>
    labels
      .get(key)
      ?.split(';')
      .map((each) => each.trim())
      .filter(Boolean) ?? []
  const [include, exclude] = [one('include_tags'), one('exclude_tags')]
  const patterns = patternAdvice({ include: include[0] ?? null, exclude: exclude[0] ?? null, label: 'diun tags' })
  const more = [...include.slice(1), ...exclude.slice(1)]
  return {
    tool: 'Diun',
    leaves: isFalse(labels.get('enable')) ? 'Diun left it alone (diun.enable=false)' : null,
    auto: { value: 'none', why: 'Diun only told of new images' },
    followsTag: !isTrue(labels.get('watch_repo')),
    schedule: scheduleOf(schedule),
    hold: patterns.hold,
    after: [],
    stopGrace: null,
    notes: [
      ...patterns.notes,
      ...more.map(
        (each) => `diun tags ${each}: only one expression is read; put what you do not want under policy.hold`,
      ),
      ...[...labels.keys()].flatMap((key) =>
        /^(?:enable|watch_repo|include_tags|exclude_tags|notify_on|sort_tags|max_tags|hub_link|platform|metadata\..+)$/.test(
          key,
        )
          ? []
          : [`the label diun.${key} is not known to belay and does nothing here`],
      ),
    ],
  }
}

function scheduleOf(schedule: string | null): Schedule | null {
  const found = schedule === null ? null : cronOf(schedule, false)
  if (found === null) return null
  return { every: 'cron' in found ? found.cron : found.every, window: null, why: `Diun's schedule was "${schedule}"` }
}

export function diunNotes({ service }: Diun): ToolNotes {
  return {
    service: service ?? '',
    tool: 'Diun',
    advice: 'it only tells, so it may stay; belay agent tells too, by the channels under agent.notify',
    notes: [],
  }
}
