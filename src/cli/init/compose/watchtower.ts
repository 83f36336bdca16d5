import { type Advice, cronOf, durationOf, isFalse, isTrue, labelsUnder, type Schedule, timezoneOf } from './advice.ts'
import type { ComposeService } from './read.ts'
import type { Watchtower } from './watchtower-settings.ts'

const prefix = 'com.centurylinklabs.watchtower.'
const secondsPerDay = 86_400

export function hasWatchtowerLabels(service: ComposeService): boolean {
  return labelsUnder(service, [prefix]).size > 0
}

function scopeOf(text: string | undefined): string {
  return text === undefined || text === 'none' ? '' : text
}

/** What the Watchtower in charge of a service says about it; null: none is. */
export function watchtowerAdvice(service: ComposeService, towers: readonly Watchtower[]): Advice | null {
  const labels = labelsUnder(service, [prefix])
  const scope = scopeOf(labels.get('scope'))
  // One without a scope takes all that there are.
  const tower =
    towers.find((each) => scopeOf(each.settings.get('WATCHTOWER_SCOPE')) === scope) ??
    towers.find((each) => !each.settings.has('WATCHTOWER_SCOPE'))
  if (tower === undefined) return null
  const on = (name: string) => isTrue(tower.settings.get(`WATCHTOWER_${name}`))
  const monitors = on('LABEL_TAKE_PRECEDENCE')
    ? labels.has('monitor-only')
      ? isTrue(labels.get('monitor-only'))
      : on('MONITOR_ONLY')
    : on('MONITOR_ONLY') || isTrue(labels.get('monitor-only'))
  return {
    tool: 'Watchtower',
    leaves: leaves(service, labels, tower),
    auto: monitors
      ? { value: 'none', why: 'Watchtower only told of new images (monitor-only)' }
      : { value: 'all', why: 'Watchtower installed what it found' },
    followsTag: true,
    schedule: scheduleOf(tower),
    hold: [],
    after: (labels.get('depends-on') ?? '')
      .split(',')
      .map((each) => each.trim().replace(/^\//, ''))
      .filter(Boolean),
    stopGrace: stopGrace(tower),
    notes: [...labels].flatMap(([key, value]) => labelNote(key, value)),
  }
}

function leaves(service: ComposeService, labels: ReadonlyMap<string, string>, tower: Watchtower): string | null {
  const enable = labels.get('enable')
  const on = (name: string) => isTrue(tower.settings.get(`WATCHTOWER_${name}`))
  const names = new Set([service.containerName ?? service.name, service.name])
  if (isFalse(enable)) return 'Watchtower left it alone (enable=false)'
  if (on('LABEL_ENABLE') && !isTrue(enable)) return 'Watchtower took only what has enable=true (label-enable)'
  if (tower.containers.length > 0 && !tower.containers.some((each) => names.has(each)))
    return `Watchtower was started for ${tower.containers.join(', ')} alone`
  const disabled = (tower.settings.get('WATCHTOWER_DISABLE_CONTAINERS') ?? '').split(/[\s,]+/)
  if (disabled.some((each) => names.has(each))) return 'Watchtower left it alone (disable-containers)'
  if (on('NO_PULL') || isTrue(labels.get('no-pull')))
    return 'Watchtower took its images from this host alone (no-pull), and belay takes them from a registry'
  return null
}

function scheduleOf({ settings }: Watchtower): Schedule {
  const written = settings.get('WATCHTOWER_SCHEDULE')
  if (written !== undefined && written !== '') {
    const timezone = timezoneOf(settings.get('TZ'))
    const found = cronOf(written, true)
    const why = `Watchtower's schedule was "${written}"`
    if (found !== null && 'every' in found) return { every: found.every, window: null, why }
    if (found !== null) return { every: found.cron, window: { cron: found.cron, timezone }, why }
    return { every: '24h', window: null, why: `${why}, which cannot be said here: look at it` }
  }
  const seconds = Number(settings.get('WATCHTOWER_POLL_INTERVAL') ?? secondsPerDay)
  if (!Number.isInteger(seconds) || seconds <= 0) return { every: '24h', window: null, why: "Watchtower's own default" }
  return { every: durationOf(seconds), window: null, why: `Watchtower asked every ${seconds} s` }
}

/** Durations of Go: `30s`, `1m30s`. */
function stopGrace({ settings }: Watchtower): Advice['stopGrace'] {
  const written = settings.get('WATCHTOWER_TIMEOUT') ?? ''
  const [, h = '0', m = '0', s = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(written) ?? []
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s)
  return seconds === 0 ? null : { value: durationOf(seconds), why: `Watchtower's stop-timeout was ${written}` }
}

function labelNote(key: string, value: string): readonly string[] {
  switch (key) {
    case 'enable':
    case 'monitor-only':
    case 'depends-on':
    case 'scope':
    case 'no-pull':
      return []
    case 'stop-signal':
      return [
        `Watchtower stopped it with ${value}: write "stop_signal: ${value}" at the service, which compose and belay honour`,
      ]
    case 'lifecycle.pre-update':
    case 'lifecycle.pre-check':
      return [`${key}: belay runs nothing that a label says. To save data before an update, name it under data:`]
    case 'lifecycle.post-update':
    case 'lifecycle.post-check':
      return [
        `${key}: belay runs nothing that a label says. To try the new version, add a check of type command or health_endpoint under checks.after`,
      ]
    case 'lifecycle.pre-update-timeout':
    case 'lifecycle.post-update-timeout':
    case 'lifecycle.uid':
    case 'lifecycle.gid':
      return [`${key}: goes with the command of that label`]
    default:
      return [`the label ${prefix}${key} is not known to belay and does nothing here`]
  }
}
