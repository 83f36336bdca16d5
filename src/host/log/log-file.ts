import { appendFileSync, mkdirSync, renameSync, statSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly component: string | null
  readonly run: string | null
  /** What else is known of it, such as the code of a problem. */
  readonly [key: string]: string | number | null
  readonly text: string
}

export interface LogFileOptions {
  /** In the order in which they are tried. */
  readonly places: readonly string[]
  readonly rotate: { readonly sizeBytes: number; readonly keep: number }
  readonly now: () => number
  readonly warn: (text: string) => void
}

/**
 * Appends one JSON object for each line: `time` (ISO 8601), then the line's own keys. A line break or control character
 * inside is escaped by JSON, so that no message can look like a line of its own. The journal is the record; a place that
 * cannot be written is a warning and the next one is taken, and a log that cannot be written at all changes nothing.
 */
export function logFile({ places, rotate, now, warn }: LogFileOptions): (line: LogLine) => void {
  let left = [...new Set(places)]
  return (line) => {
    const text = `${JSON.stringify({ time: new Date(now()).toISOString(), ...line })}\n`
    for (const file of left) {
      const failure = append(file, text, rotate)
      if (failure === null) return
      left = left.slice(1)
      const next = left[0]
      warn(
        `the log ${file} cannot be written (${failure}); ${next === undefined ? 'going on without it' : `it goes to ${next}`}.`,
      )
    }
  }
}

function append(file: string, text: string, rotate: LogFileOptions['rotate']): string | null {
  try {
    makeFolder(dirname(file))
    rotateAt(file, rotate)
    appendFileSync(file, text, { mode: 0o600 })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** `updates.log.1` is the newest of those that are kept besides the one that is written. */
function rotateAt(file: string, { sizeBytes, keep }: LogFileOptions['rotate']): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size < sizeBytes) return
  if (keep === 0) return truncateSync(file)
  for (let i = keep; i >= 1; i--) {
    const from = i === 1 ? file : `${file}.${i - 1}`
    if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, `${file}.${i}`)
  }
}

/** Node's own `recursive` never ends where the parent is there and still says that it is not, as /proc does. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}
