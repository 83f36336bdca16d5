import type { ServiceWork } from '../../ports/schedule.ts'
import { fail } from '../../core/model/problem.ts'
import { intervals } from '../../core/schedule/intervals.ts'
import { againSeconds, type Job, jobName, stopSeconds, type TimedJob } from './job.ts'
import { marked } from './mark.ts'
import { xmlComment, xmlText } from './xml.ts'

const entriesMax = 400

export function launchdLabel(job: { readonly work: ServiceWork }): string {
  return jobName(job).replace('-', '.')
}

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }

type Start = { readonly [key: string]: Value }

/** Neither KeepAlive nor RunAtLoad: it starts in time, and a failure waits for the next time. */
function inTime(job: TimedJob): Start {
  const times = intervals(job.at, entriesMax)
  if (times === null) {
    throw fail('E_USAGE', `launchd needs more than ${entriesMax} entries for "${job.at.line}".`, {
      hint: 'Choose fewer times: "0 3 * * *" is three in the morning, every day.',
    })
  }
  return { StartCalendarInterval: times }
}

/** Started with the host or the session, and again unless it ended well. */
const always: Start = {
  RunAtLoad: true,
  KeepAlive: { SuccessfulExit: false },
  ThrottleInterval: againSeconds,
}

/** launchd.plist(5). */
export function launchdText(job: Job): string {
  const body = plistValue(
    {
      Label: launchdLabel(job),
      ProgramArguments: job.argv,
      EnvironmentVariables: job.environment,
      ...(job.work === 'agent' ? always : inTime(job)),
      WorkingDirectory: '/',
      // Octal 022; property lists know decimal numbers only.
      Umask: 18,
      ProcessType: 'Background',
      // Time to undo what was begun, when it is told to stop; and what it started for you lives on after it.
      ExitTimeOut: stopSeconds,
      AbandonProcessGroup: true,
      StandardOutPath: job.failureFile,
      StandardErrorPath: job.failureFile,
    },
    '',
  )
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    body,
    '</plist>',
    '',
  ].join('\n')
  return marked(text, xmlComment, 1)
}

function plistValue(value: Value, indent: string): string {
  const inner = `${indent}  `
  if (typeof value === 'string') return `${indent}<string>${xmlText(value)}</string>`
  if (typeof value === 'number') return `${indent}<integer>${value}</integer>`
  if (typeof value === 'boolean') return `${indent}<${value}/>`
  if (isList(value)) {
    return [`${indent}<array>`, ...value.map((each) => plistValue(each, inner)), `${indent}</array>`].join('\n')
  }
  const entries = Object.entries(value).flatMap(([key, each]) => [
    `${inner}<key>${xmlText(key)}</key>`,
    plistValue(each, inner),
  ])
  return [`${indent}<dict>`, ...entries, `${indent}</dict>`].join('\n')
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
