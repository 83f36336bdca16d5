import type { Notification } from '../../ports/engine.ts'
import type { Tone } from '../terminal/look.ts'
import { wrap } from '../terminal/width.ts'
import type { Reader } from './problem.ts'
import { facts, table } from './table.ts'
import { ago, moment } from '../../protocol/words/units.ts'

const filesMax = 50

export function notificationsLines(items: readonly Notification[], { look, now }: Reader): string[] {
  if (items.length === 0)
    return ['There are no notifications. A check writes one for each update that it finds: belay check']
  const rows = items.map((item) => [
    { text: String(item.id) },
    { text: item.component, tone: 'strong' } as const,
    { text: item.version },
    { text: stateText(item, now), tone: tones[item.state] },
    { text: item.title },
  ])
  return table(rows, look, { head: ['id', 'component', 'version', 'state', 'title'] })
}

const tones: { readonly [state in Notification['state']]: Tone } = {
  open: 'warn',
  installed: 'good',
  dismissed: 'quiet',
  superseded: 'quiet',
}

function stateText({ state, installed_at, created_at }: Notification, now: number): string {
  if (state === 'installed' && installed_at !== null) return `installed ${ago(installed_at, now)}`
  return state === 'open' ? `offered ${ago(created_at, now)}` : state
}

export function notificationLines(item: Notification, { look, now }: Reader): string[] {
  const { id, title, description, available_files: files } = item
  const pairs = [
    ['component', item.component],
    ['version', item.version],
    ['offered', moment(item.created_at)],
    ['state', stateText(item, now)],
    ['files', files === null ? null : String(files.length)],
  ] as const
  const told =
    description === null
      ? []
      : [
          '',
          ...description
            .trim()
            .split('\n')
            .flatMap((line) => wrap(look.text(line), look.columns, '  ')),
        ]
  const more = (files?.length ?? 0) - filesMax
  return [
    look.paint('strong', look.text(title)),
    ...facts(pairs, look),
    ...told,
    ...(files === null || files.length === 0
      ? []
      : ['', ...files.slice(0, filesMax).map((file) => `  ${look.text(file)}`)]),
    ...(more > 0 ? [`  (${more} more)`] : []),
    ...(item.state === 'open' ? ['', `Install it: belay notifications install ${id}`] : []),
  ]
}
