import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Listener, RunEvent } from '../ports/progress.ts'
import { type LogLevel, logRanks } from '../protocol/settings.ts'

const rotateBytes = 10 * 1024 * 1024
const keep = 5

/**
 * One line for each event of a run, appended to a rotated text file: what a person greps for afterwards. The journal is
 * the record; a log that cannot be written is a warning, and never changes an outcome.
 */
export function runLog(file: string, level: LogLevel, warn: (text: string) => void): Listener {
  let usable = true
  const components = new Map<string, string>()
  return (event) => {
    if (event.t === 'opened') components.set(event.run, event.plan.targets.map((target) => target.component).join(','))
    const line = lineOf(event)
    if (line === null || !usable || logRanks[line.level] < logRanks[level]) return
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      rotate(file)
      const who = `${components.get(event.run) ?? '-'} ${event.run}`
      appendFileSync(file, `${new Date().toISOString()} ${line.level} ${who} ${line.text}\n`, { mode: 0o600 })
    } catch (error) {
      usable = false
      warn(
        `belay: the log ${file} cannot be written (${error instanceof Error ? error.message : String(error)}); going on without it.\n`,
      )
    }
  }
}

function lineOf(event: RunEvent): { readonly level: LogLevel; readonly text: string } | null {
  switch (event.t) {
    case 'opened': {
      const [target] = event.plan.targets
      const what = event.resumed ? `resumed ${event.plan.action}` : event.plan.action
      return { level: 'info', text: `${what} ${target?.from ?? 'nothing'} -> ${target?.to ?? 'nothing'}` }
    }
    case 'step':
      return {
        level: event.state === 'running' ? 'debug' : 'info',
        text: `step ${event.step + 1} ${event.state}, ${event.ms} ms`,
      }
    case 'failed':
      return {
        level: 'warn',
        text: `step ${event.step + 1} ${event.verb} failed: ${event.problem.code} ${oneLine(event.problem.message)}`,
      }
    case 'waiting':
      return { level: 'info', text: `waiting until ${new Date(event.until).toISOString()}` }
    case 'closed': {
      const why = event.problem === null ? '' : `: ${event.problem.code} ${oneLine(event.problem.message)}`
      return { level: event.outcome === 'committed' ? 'info' : 'error', text: `ended ${event.outcome}${why}` }
    }
    case 'progress':
      return null
  }
}

/** A message may quote what a program said: a line break in it must not look like a line of the log. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size < rotateBytes) return
  for (let i = keep - 1; i >= 1; i--) {
    const from = i === 1 ? file : `${file}.${i - 1}`
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${file}.${i}`)
  }
}
