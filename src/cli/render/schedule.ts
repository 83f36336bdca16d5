import type { InstalledSchedule, RemovedSchedule, Scheduled } from '../../ports/schedule.ts'
import { wrap } from '../terminal/width.ts'
import type { Reader } from './problem.ts'
import { duration, moment } from '../../protocol/words/units.ts'

const nothing: readonly string[] = []

/** Texts as they are, so that they can be copied; what is said about them is a comment. */
export function printedLines(scheduled: Scheduled, reader: Reader): readonly string[] {
  const files = scheduled.files.flatMap(({ path, text }) => [
    `# ${path ?? 'into the crontab (crontab -e)'}`,
    ...text.replaceAll('\r', '').trimEnd().split('\n'),
    '',
  ])
  const commands = scheduled.commands.map((argv) => `#   ${argv.map(shown).join(' ')}`)
  return [
    `# ${scheduled.kind}: ${scheduled.why}.`,
    `# ${when(scheduled)}`,
    ...scheduled.notes.map((note) => `# ${note}`),
    '',
    ...files,
    ...(commands.length === 0 ? nothing : ['# Then:', ...commands]),
    '# Or all of it at once: belay service install',
  ].map((line) => reader.look.text(line))
}

/** A word as somebody would type it. */
function shown(word: string): string {
  return /[\s&|<>^]/.test(word) ? `"${word}"` : word
}

export function installedLines(installed: InstalledSchedule, reader: Reader): readonly string[] {
  const { look } = reader
  const places = installed.files.map(({ path }) => path ?? 'the crontab of this user')
  const said = [
    installed.changed
      ? `Installed by ${installed.kind}: ${installed.why}.`
      : `Installed already, by ${installed.kind}.`,
    ...places.map((place) => `  ${place}`),
    `  ${when(installed)}`,
    ...(installed.state === null ? nothing : [`  ${installed.state}`]),
    ...installed.notes.map((note) => `  Note: ${note}`),
    `Take it away again: belay service uninstall --do ${installed.work}`,
  ]
  return said.flatMap((line) => wrap(look.text(line), look.columns, '    '))
}

function when({ work, at, next, delay_seconds }: Scheduled): string {
  if (at === null) return `${work}, started with the host`
  const [first] = next
  const later = delay_seconds === 0 ? '' : `, up to ${duration(delay_seconds * 1000)} later by chance`
  return `${work} at "${at}"${first === undefined ? '' : `, next ${moment(first)}`}${later}`
}

export function removedLines(removed: readonly RemovedSchedule[], { look }: Reader): readonly string[] {
  if (removed.length === 0) return ['There was nothing of belay to remove.']
  return removed.map(({ work, kind, path }) =>
    look.text(`Removed: the ${work === 'agent' ? '' : 'timed '}${work} of ${kind}, ${path}`),
  )
}
