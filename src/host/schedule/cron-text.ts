import { fail } from '../../core/model/problem.ts'
import { goodCodes, type Job, jobName } from './job.ts'
import { fingerprint, marked } from './mark.ts'

/** Cron programs take a command of this many characters at most, and cut a longer one without a word. */
const commandCharsMax = 998

/** A file of /etc/cron.d, which is all ours: its variables are for its one line. */
export function cronFileText(job: Job): string {
  const named = Object.entries({ SHELL: '/bin/sh', ...delay(job), ...job.environment })
  const lines = [
    ...named.map(([name, value]) => `${name}=${cronQuoted(value)}`),
    `${timeOf(job)} root ${command(job, [])}`,
    '',
  ]
  return marked(lines.join('\n'), (words) => `# ${words}`)
}

function timeOf(job: Job): string {
  return job.work === 'agent' ? '@reboot' : job.at.line
}

/** The one cron that can delay a start by chance reads this; to others it is a variable. */
function delay(job: Job): Readonly<Record<string, string>> {
  const minutes = job.work === 'agent' ? 0 : Math.floor(job.delaySeconds / 60)
  return minutes > 0 ? { RANDOM_DELAY: String(minutes) } : {}
}

/** Quotes are taken off, and nothing inside is read; a value with both kinds of them cannot be written. */
function cronQuoted(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`
}

/** A crontab of a user is shared with their own lines, whose variables ours must not change: they are in the command. */
function blockLine(job: Job): string {
  return `${timeOf(job)} ${command(job, Object.entries(job.environment))}`
}

/** The program, its output kept while it runs and for as long as it failed; cron mails what is shown of it. */
function command(job: Job, environment: readonly (readonly [string, string])[]): string {
  const words =
    environment.length === 0 ? [] : ['/usr/bin/env', ...environment.map(([name, value]) => `${name}=${value}`)]
  const file = shellQuoted(job.failureFile)
  const program = [...words, ...job.argv].map(shellQuoted).join(' ')
  const text = `cd / && umask 022 && ${program} >${file} 2>&1; case $? in ${goodCodes(job).join('|')}) rm -f ${file} ;; *) cat ${file} ;; esac`
  // In the command, cron makes a line break of each % that has no backslash.
  const escaped = text.replaceAll('%', '\\%')
  if (/\p{Cc}/u.test(escaped) || escaped.length > commandCharsMax) {
    throw fail('E_USAGE', 'The command is too long for cron, or has a character that no crontab can hold.', {
      hint: 'Use --kind systemd, name fewer components, or use shorter paths for config and state.',
      facts: { chars: escaped.length },
    })
  }
  return escaped
}

/** One word of POSIX sh, whatever is in it. */
function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

export interface Crontab {
  /** What is not ours, byte for byte. */
  readonly before: string
  readonly block: string | null
  readonly after: string
  /** The block was edited since it was written. */
  readonly edited: boolean
}

/** `null`: there is no crontab. */
export function readCrontab(text: string | null, work: Job['work']): Crontab {
  const whole = text ?? ''
  const pattern = new RegExp(
    `^# ${jobName({ work })} ([0-9a-f]{16}) begins.*\\n([\\s\\S]*?)^# ${jobName({ work })} ends\\n`,
    'm',
  )
  const match = pattern.exec(whole)
  if (match === null) {
    const begun = new RegExp(`^# ${jobName({ work })} (?:[0-9a-f]{16} begins|ends)`, 'm').test(whole)
    return { before: whole, block: null, after: '', edited: begun }
  }
  const [block, digest, inside = ''] = match
  return {
    before: whole.slice(0, match.index),
    block,
    after: whole.slice(match.index + block.length),
    edited: fingerprint(inside) !== digest,
  }
}

export function blockText(job: Job): string {
  const inside = `${blockLine(job)}\n`
  const name = jobName(job)
  return `# ${name} ${fingerprint(inside)} begins: written by "belay service install"\n${inside}# ${name} ends\n`
}

/** The crontab with our block in its place, or at its end. */
export function withBlock(crontab: Crontab, block: string): string {
  const { before, after } = crontab
  const gap = before === '' || before.endsWith('\n') ? '' : '\n'
  return `${before}${gap}${block}${after}`
}
