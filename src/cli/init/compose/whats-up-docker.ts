import {
  type Advice,
  type Auto,
  cronOf,
  imageName,
  isFalse,
  isTrue,
  labelsUnder,
  type Reasoned,
  type Schedule,
  type ToolNotes,
} from './advice.ts'
import { patternAdvice } from './pattern-advice.ts'
import type { ComposeService } from './read.ts'

/** The longest first: one begins as another does. */
const prefixes = ['wud.getwud.io/', 'getwud.app/', 'wud/', 'wud.'] as const
const tool = "What's Up Docker"

/** A trigger that replaces containers by itself. */
interface Updater {
  /** `docker.local`, as labels name it. */
  readonly id: string
  readonly byDefault: boolean
  readonly threshold: string
}

export interface WhatsUpDocker {
  readonly service: string | null
  readonly byDefault: boolean
  readonly cron: string | null
  readonly updaters: readonly Updater[]
  /** Kinds of triggers that only tell. */
  readonly tellers: readonly string[]
}

export const assumedWhatsUpDocker: WhatsUpDocker = {
  service: null,
  byDefault: true,
  cron: null,
  updaters: [],
  tellers: [],
}

export function hasWhatsUpDockerLabels(service: ComposeService): boolean {
  return labelsUnder(service, prefixes).size > 0
}

export function whatsUpDockerOf(service: ComposeService): WhatsUpDocker | null {
  if (!/^(?:whats-up-docker|wud)$/.test(imageName(service))) return null
  const settings = new Map([...service.environment].map(([key, value]) => [key.toUpperCase(), value]))
  const watcher = (option: string) =>
    [...settings]
      .filter(([key]) => key.startsWith('WUD_WATCHER_') && key.endsWith(`_${option}`))
      .map(([, value]) => value)
  const triggers = triggersOf(settings)
  return {
    service: service.name,
    byDefault: !watcher('WATCHBYDEFAULT').some(isFalse),
    cron: watcher('CRON')[0] ?? null,
    updaters: [...triggers].flatMap(([id, options]) => updaterOf(id, options)),
    tellers: [...new Set([...triggers.keys()].map((id) => id.split('.')[0] ?? ''))].filter((kind) => !replaces(kind)),
  }
}

/** `WUD_TRIGGER_DOCKER_LOCAL_PRUNE=true` → docker.local: prune → true. */
function triggersOf(settings: ReadonlyMap<string, string>): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const triggers = new Map<string, Map<string, string>>()
  for (const [key, value] of settings) {
    const [, kind, name, option] = /^WUD_TRIGGER_([A-Z]+)_(.+)_([A-Z]+)$/.exec(key) ?? []
    if (kind === undefined || name === undefined || option === undefined) continue
    const id = `${kind}.${name}`.toLowerCase()
    const options = triggers.get(id) ?? new Map<string, string>()
    triggers.set(id, options.set(option, value))
  }
  return triggers
}

function replaces(kind: string): boolean {
  return kind === 'docker' || kind === 'dockercompose'
}

function updaterOf(id: string, options: ReadonlyMap<string, string>): readonly Updater[] {
  const idle = isFalse(options.get('AUTO')) || isTrue(options.get('DRYRUN')) || isTrue(options.get('COMPOSEONLY'))
  if (!replaces(id.split('.')[0] ?? '') || idle) return []
  const threshold = (options.get('THRESHOLD') ?? 'all').toLowerCase()
  return [{ id, byDefault: !isFalse(options.get('INCLUDEBYDEFAULT')), threshold }]
}

export function whatsUpDockerAdvice(service: ComposeService, wud: WhatsUpDocker): Advice {
  const labels = labelsUnder(service, prefixes)
  const patterns = patternAdvice({
    include: labels.get('tag.include') ?? null,
    exclude: labels.get('tag.exclude') ?? null,
    label: 'wud.tag',
  })
  return {
    tool,
    leaves: leaves(labels.get('watch'), wud),
    auto: autoOf(labels, wud),
    followsTag: false,
    schedule: scheduleOf(wud),
    hold: patterns.hold,
    after: [],
    stopGrace: null,
    notes: [...patterns.notes, ...[...labels].flatMap(([key, value]) => labelNote(key, value, service))],
  }
}

function leaves(watch: string | undefined, { byDefault }: WhatsUpDocker): string | null {
  if (isFalse(watch)) return `${tool} left it alone (wud.watch=false)`
  return byDefault || isTrue(watch) ? null : `${tool} took only what has wud.watch=true (WATCHBYDEFAULT=false)`
}

function scheduleOf({ cron }: WhatsUpDocker): Schedule {
  if (cron === null) return { every: '1h', window: null, why: `${tool} asked every hour` }
  const found = cronOf(cron, false)
  const why = `${tool}'s watcher had the cron line "${cron}"`
  if (found === null) return { every: '24h', window: null, why: `${why}, which cannot be said here: look at it` }
  return { every: 'cron' in found ? found.cron : found.every, window: null, why }
}

/** Which of its triggers would have replaced the container, and up to what size of step. */
function autoOf(labels: ReadonlyMap<string, string>, { updaters }: WhatsUpDocker): Reasoned<Auto> {
  const listed = (text: string | undefined, id: string): string | null => {
    const entry = (text ?? '').split(',').map((each) => each.trim().toLowerCase().split(':'))
    const found = entry.find(([name]) => name === id || name === id.split('.')[1])
    return found === undefined ? null : (found[1] ?? '')
  }
  const [include, exclude] = [labels.get('trigger.include'), labels.get('trigger.exclude')]
  for (const { id, byDefault, threshold } of updaters) {
    const included = include === undefined ? (byDefault ? '' : null) : listed(include, id)
    if (included === null || listed(exclude, id) !== null) continue
    return thresholdOf(included === '' ? threshold : included, id)
  }
  return { value: 'none', why: `${tool} only told of new images here` }
}

function thresholdOf(threshold: string, id: string): Reasoned<Auto> {
  switch (threshold) {
    case 'all':
    case 'major':
      return { value: 'all', why: `the trigger ${id} replaced the container by itself` }
    case 'minor':
    case 'patch':
      return { value: threshold, why: `the trigger ${id} had the threshold ${threshold}` }
    default:
      return {
        value: 'none',
        why: `the trigger ${id} had the threshold ${threshold}, which cannot be said here: choose`,
      }
  }
}

function labelNote(key: string, value: string, service: ComposeService): readonly string[] {
  switch (key) {
    case 'watch':
    case 'tag.include':
    case 'tag.exclude':
    case 'trigger.include':
    case 'trigger.exclude':
    case 'display.icon':
      return []
    case 'watch.digest':
      return isTrue(value) && /:v?\d/.test(service.image ?? '')
        ? [
            'wud.watch.digest: belay follows versions where the tag names one; an image that is built anew under the same tag is not seen',
          ]
        : []
    case 'tag.transform':
      return [
        `wud.tag.transform ${value}: belay reads versions and what is built around them by itself; see whether belay check finds the right ones`,
      ]
    case 'link.template':
      return ['wud.link.template: release notes and links come from the project, with releases: at the source']
    case 'display.name':
      return [`wud.display.name ${value}: belay calls it by the name above; aliases: gives it others`]
    default:
      return [`the label wud.${key} is not known to belay and does nothing here`]
  }
}

export function whatsUpDockerNotes({ service, tellers, updaters }: WhatsUpDocker): ToolNotes {
  return {
    service: service ?? '',
    tool,
    advice:
      updaters.length > 0
        ? 'belay does its work: remove it, or set AUTO=false on its triggers, before you let belay update'
        : 'it only told, so it may stay',
    notes:
      tellers.length === 0
        ? []
        : [
            `its triggers ${tellers.join(', ')}: they may stay; belay agent tells too, by the channels under agent.notify`,
          ],
  }
}
