import type { ChannelReport } from '../../ports/channels.ts'
import { ago } from '../../protocol/words/units.ts'
import type { Reader } from './problem.ts'
import { table } from './table.ts'

export function channelsLines(channels: readonly ChannelReport[], { look, now }: Reader): string[] {
  if (channels.length === 0) return ['There are no channels. The config names them under agent.notify.']
  const rows = channels.map(({ name, type, last_sent, waiting, given_up }) => [
    { text: name, tone: 'strong' } as const,
    { text: type },
    { text: last_sent === null ? 'nothing yet' : ago(last_sent, now) },
    { text: String(waiting), ...(waiting > 0 ? { tone: 'warn' as const } : {}) },
    { text: String(given_up), ...(given_up > 0 ? { tone: 'bad' as const } : {}) },
  ])
  const problems = channels.flatMap(({ name, last_problem: problem }) =>
    problem === null
      ? []
      : [
          '',
          look.text(`${name}: ${problem.message}`),
          ...(problem.hint === null ? [] : [`  ${look.text(problem.hint)}`]),
        ],
  )
  return [...table(rows, look, { head: ['channel', 'type', 'last sent', 'waiting', 'given up'] }), ...problems]
}
