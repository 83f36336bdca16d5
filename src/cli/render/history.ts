import type { HistoryItem } from '../../ports/engine.ts'
import type { Reader } from './problem.ts'
import { type Cell, table } from './table.ts'
import { duration, moment } from '../../protocol/words/units.ts'
import type { Tone } from '../terminal/look.ts'

/** Newest first, as given. */
export function historyLines(items: readonly HistoryItem[], { look }: Reader): string[] {
  if (items.length === 0) return ['There are no runs yet. See what could be done: belay check']
  return table(
    items.map((item) => row(item, look.glyph.arrow)),
    look,
    { head: ['run', 'when', 'component', 'what', 'outcome', 'took'] },
  )
}

function row(item: HistoryItem, arrow: string): Cell[] {
  const took = item.closed === null ? '' : duration(Date.parse(item.closed) - Date.parse(item.opened))
  return [
    { text: item.run },
    { text: moment(item.opened) },
    { text: item.component, tone: 'strong' },
    { text: `${item.action} ${item.from ?? 'none'} ${arrow} ${item.to ?? 'none'}${fileOf(item)}` },
    { text: outcomeWord(item.outcome), tone: outcomeTone(item.outcome) },
    { text: took },
  ]
}

function fileOf({ from_file: file }: HistoryItem): string {
  return file === undefined ? '' : ` from ${file}`
}

export function outcomeWord(outcome: HistoryItem['outcome'] | 'current'): string {
  switch (outcome) {
    case 'committed':
      return 'done'
    case 'rolled-back':
      return 'rolled back'
    case 'failed':
    case 'stuck':
    case 'unfinished':
      return outcome
    case 'current':
      return 'nothing to do'
  }
}

export function outcomeTone(outcome: HistoryItem['outcome'] | 'current'): Tone {
  switch (outcome) {
    case 'committed':
    case 'current':
      return 'good'
    case 'rolled-back':
    case 'unfinished':
      return 'warn'
    case 'failed':
    case 'stuck':
      return 'bad'
  }
}
