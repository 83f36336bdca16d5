import { isAbsolute } from 'node:path'
import { timespanMs } from './timespan.ts'

/** What is asked of `systemctl show`, in one call. */
export const shownProperties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Result',
  'MainPID',
  'NRestarts',
  'ActiveEnterTimestampMonotonic',
  'User',
  'WorkingDirectory',
  'ExecStart',
  'TriggeredBy',
  'Triggers',
  'TimeoutStopUSec',
  'UnitFileState',
  'NeedDaemonReload',
] as const

export interface Shown {
  readonly id: string
  readonly loadState: string
  readonly activeState: string
  readonly subState: string
  /** Why it last ended: `success`, `exit-code`, `start-limit-hit` and others. */
  readonly result: string
  readonly mainPid: number | null
  readonly restarts: number
  /** Microseconds of the monotonic clock; 0: not since boot. */
  readonly activeSinceMicros: number
  readonly user: string | null
  readonly paths: readonly string[]
  readonly triggeredBy: readonly string[]
  /** Of a socket or a timer: what it starts, and who takes its socket besides. */
  readonly triggers: readonly string[]
  /** How long it may take to end before it is killed; null: for ever, or not known. */
  readonly stopTimeoutMs: number | null
  readonly unitFileState: string
  readonly needsReload: boolean
}

/** `{ path=/usr/bin/node ; argv[]=/usr/bin/node /opt/app/x.js ; ignore_errors=no ; … }`: the absolute paths in it. */
function execPaths(value: string): readonly string[] {
  const program = /(?:^|\{ )path=(.*?) ;/.exec(value)?.[1] ?? ''
  const words = /argv\[\]=(.*?) ; ignore_errors=/.exec(value)?.[1]?.split(' ') ?? []
  return [program, ...words].filter(isAbsolute)
}

/** `-/srv/app` and `!/srv/app` are folders with a flag; `~` and `[not set]` are none. */
function folder(value: string): readonly string[] {
  const path = value.replace(/^[-!]+/, '')
  return isAbsolute(path) ? [path] : []
}

function count(value: string): number {
  return /^\d{1,15}$/.test(value) ? Number(value) : 0
}

/** Properties of one unit, by name. One may be given several times (ExecStart). */
export type Properties = ReadonlyMap<string, readonly string[]>

/** The output of `systemctl show` for one or several units; blank lines part them. */
export function parseProperties(text: string): readonly Properties[] {
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '')
    .map(propertiesOf)
}

function propertiesOf(block: string): Properties {
  const values = new Map<string, readonly string[]>()
  for (const line of block.split('\n')) {
    const at = line.indexOf('=')
    if (at <= 0) continue
    const name = line.slice(0, at)
    values.set(name, [...(values.get(name) ?? []), line.slice(at + 1).trim()])
  }
  return values
}

export function wordsOf(value: string): readonly string[] {
  return value.split(/\s+/).filter((word) => word !== '')
}

function shownOf(values: Properties): Shown {
  const one = (name: (typeof shownProperties)[number]) => values.get(name)?.[0] ?? ''
  const pid = count(one('MainPID'))
  const paths = [...folder(one('WorkingDirectory')), ...(values.get('ExecStart') ?? []).flatMap(execPaths)]
  return {
    id: one('Id'),
    loadState: one('LoadState'),
    activeState: one('ActiveState'),
    subState: one('SubState'),
    result: one('Result'),
    mainPid: pid === 0 ? null : pid,
    restarts: count(one('NRestarts')),
    activeSinceMicros: count(one('ActiveEnterTimestampMonotonic')),
    user: one('User') === '' ? null : one('User'),
    paths: [...new Set(paths)],
    triggeredBy: wordsOf(one('TriggeredBy')),
    triggers: wordsOf(one('Triggers')),
    stopTimeoutMs: timespanMs(one('TimeoutStopUSec')),
    unitFileState: one('UnitFileState'),
    needsReload: one('NeedDaemonReload') === 'yes',
  }
}

export function parseShow(text: string): readonly Shown[] {
  return parseProperties(text).map(shownOf)
}

/** `activating (auto-restart)` is the state of a service that keeps dying: it does not run. */
export function isRunning(shown: Shown): boolean {
  return shown.activeState === 'active' || shown.activeState === 'reloading' || shown.activeState === 'refreshing'
}

/** Nothing of it runs, and nothing is about to: stopping it would only cancel a start that waits for us at boot. */
export function isDown(shown: Shown): boolean {
  return shown.activeState === 'inactive' || shown.activeState === 'failed'
}

/** The manager's word, with its second one where the first hides what matters. */
export function stateText(shown: Shown): string {
  if (shown.loadState !== 'loaded' && !isRunning(shown)) return shown.loadState
  const plain = ['running', 'dead', 'failed', ''].includes(shown.subState)
  return plain ? shown.activeState : `${shown.activeState} (${shown.subState})`
}
