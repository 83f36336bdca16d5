import type { DoctorReport } from '../../src/core/doctor/report.ts'
import { fail } from '../../src/core/model/problem.ts'
import type {
  CheckReport,
  Engine,
  HistoryItem,
  RetiringItem,
  Notification,
  Outlook,
  Prospect,
  RunDetails,
  RunReport,
  StatusReport,
} from '../../src/ports/engine.ts'
import type { RunTotal } from '../../src/ports/journal.ts'
import type { LockHolder } from '../../src/ports/locks.ts'
import type { Listener, RunEvent } from '../../src/ports/progress.ts'
import { componentName, corePlan, runId } from './plan.ts'

/** A real engine's answers, written down: for tests of what is shown, never of what is done. */
export interface Script {
  readonly names?: readonly string[]
  readonly checks?: Readonly<Record<string, CheckReport>>
  readonly statuses?: readonly StatusReport[]
  readonly history?: readonly HistoryItem[]
  readonly doctor?: DoctorReport
  readonly totals?: readonly RunTotal[]
  readonly details?: RunDetails
  readonly holder?: LockHolder | null
  readonly notifications?: readonly Notification[]
  readonly plan?: Engine['plan']
  /** Left out: a plan for each that was asked for, in that order. */
  readonly prospects?: readonly Prospect[]
  readonly rollback?: Engine['rollback']
  readonly update?: Engine['update']
  readonly resume?: Engine['resume']
  readonly revive?: Engine['revive']
  readonly retiring?: () => readonly RetiringItem[]
  readonly hasAgent?: boolean
  readonly retire?: () => Promise<readonly RetiringItem[]>
  /** `adopt`, `forget` and the restoring of a backup. */
  readonly reshape?: () => Promise<RunReport>
  /** Told to watchers when an update begins. */
  readonly events?: readonly RunEvent[]
}

export interface ScriptedEngine extends Engine {
  /** Calls that change things, in order, as `update core {"to":"1.1.0"}`. */
  readonly calls: readonly string[]
  readonly closed: () => boolean
}

function notScripted(what: string): never {
  throw new Error(`the script does not say what ${what} answers`)
}

export function scriptedEngine(script: Script): ScriptedEngine {
  const calls: string[] = []
  const listeners = new Set<Listener>()
  let open = true
  const names = (script.names ?? ['core']).map(componentName)
  const note = (what: string, name: string, options: { readonly signal?: AbortSignal }) =>
    calls.push(`${what} ${name} ${JSON.stringify({ ...options, signal: undefined })}`)
  return {
    calls,
    closed: () => !open,
    components: () => names,
    resolve(name) {
      const found = names.find((each) => each === name)
      if (found === undefined) throw fail('E_COMPONENT_UNKNOWN', `no component ${name}`, { hint: 'Did you mean core?' })
      return found
    },
    check: async (asked) => new Map(asked.map((name) => [name, script.checks?.[name] ?? notScripted('check')])),
    plan: async (name, options) => script.plan?.(name, options) ?? { plan: corePlan() },
    prospects: async (asked) => script.prospects ?? asked.map((name) => prospect(name)),
    planRollback: async (name, options) => script.plan?.(name, options) ?? notScripted('planRollback'),
    async update(name, options) {
      note('update', name, options)
      for (const event of script.events ?? []) for (const listener of listeners) listener(event)
      return script.update?.(name, options) ?? notScripted('update')
    },
    async rollback(name, options) {
      note('rollback', name, options)
      return script.rollback?.(name, options) ?? notScripted('rollback')
    },
    planAdopt: async () => ({ plan: corePlan({ action: 'adopt' }) }),
    async adopt(name, options) {
      note('adopt', name, options)
      return script.reshape?.() ?? notScripted('adopt')
    },
    planForget: async () => ({ plan: corePlan({ action: 'forget' }) }),
    async forget(name, options) {
      note('forget', name, options)
      return script.reshape?.() ?? notScripted('forget')
    },
    retiring: () => script.retiring?.() ?? [],
    retire: async () => script.retire?.() ?? [],
    doctor: async () => script.doctor ?? notScripted('doctor'),
    hasAgent: async () => script.hasAgent ?? false,
    revive: async (name, options) => script.revive?.(name, options) ?? false,
    resume: async (options) => script.resume?.(options) ?? notScripted('resume'),
    status: async (asked) => (script.statuses ?? []).filter((each) => asked.includes(each.component)),
    totals: async () => script.totals ?? [],
    history: async ({ limit }) => (script.history ?? []).slice(0, limit),
    show: async () => script.details ?? notScripted('show'),
    backups: async () => [],
    createBackup: async () => [],
    planRestoreBackup: async () => ({ plan: corePlan({ action: 'restore' }) }),
    async restoreBackup(name, id) {
      note(`restore ${id} of`, name, {})
      return script.reshape?.() ?? notScripted('restoreBackup')
    },
    pruneBackups: async () => [],
    notifications: async () => script.notifications ?? [],
    notification: async (id) => script.notifications?.find((each) => each.id === id) ?? notScripted('notification'),
    async dismissNotification(id) {
      calls.push(`dismiss ${id}`)
      return script.notifications?.find((each) => each.id === id) ?? notScripted('dismissNotification')
    },
    holder: async () => script.holder ?? null,
    lastCheck: (name) => script.checks?.[name] ?? null,
    buildDate: async () => null,
    describe: async () => ({ source: 'a source', strategy: 'a strategy', path: null }),
    notes: async () => [],
    versions: async () => ({ versions: [], problem: null }),
    stamp: () => 0,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      open = false
    },
  }
}

export function runReport(change: Partial<RunReport> = {}): RunReport {
  return {
    run: runId('r-7f3c12ab'),
    component: componentName('core'),
    action: 'update',
    from: '1.0.4',
    to: '1.1.0',
    outcome: 'committed',
    restart_required: false,
    steps: [],
    downtime_ms: 1400,
    bytes_downloaded: 84_000,
    problem: null,
    kept: [],
    warnings: [],
    ...change,
  }
}

export function notification(change: Partial<Notification> = {}): Notification {
  return {
    id: 3,
    component: 'core',
    title: 'core 1.1.0: Faster starts',
    description: 'Starts in half the time.',
    version: '1.1.0',
    available_files: ['app/main.py', 'app/übersicht.py'],
    installed: false,
    installed_at: null,
    created_at: '2026-11-20T11:56:00.000Z',
    state: 'open',
    ...change,
  }
}

/** Left to itself: a plan from 1.0.4 to 1.1.0. */
export function prospect(
  name: string,
  { requires = {}, outlook }: { readonly requires?: Readonly<Record<string, string>>; readonly outlook?: Outlook } = {},
): Prospect {
  const component = componentName(name)
  const plan = corePlan({ targets: [{ component, from: '1.0.4', to: '1.1.0' }] })
  return { component, requires, ...(outlook ?? { kind: 'plan', plan }) }
}

export function statusReport(change: Partial<StatusReport> = {}): StatusReport {
  return {
    component: componentName('core'),
    installed: '1.0.4',
    state: 'slots',
    available: '1.0.4',
    update_available: false,
    last_checked: '2026-11-20T11:56:00.000Z',
    service: { running: true, state: 'active', describe: 'systemd dunebugger' },
    held: null,
    unfinished: null,
    lock: null,
    last_run: null,
    kept: [],
    problem: null,
    ...change,
  }
}

export function checkReport(change: Partial<CheckReport> = {}): CheckReport {
  return {
    current: '1.0.4',
    latest: '1.0.4',
    update_available: false,
    release_notes: null,
    last_checked: '2026-11-20T11:56:00.000Z',
    held: null,
    relation: 'current',
    error: null,
    ...change,
  }
}

export function historyItem(change: Partial<HistoryItem> = {}): HistoryItem {
  return {
    run: runId('r-7f3c12ab'),
    component: 'core',
    action: 'update',
    from: '1.0.4',
    to: '1.1.0',
    opened: '2026-11-20T11:00:00.000Z',
    closed: '2026-11-20T11:00:12.000Z',
    outcome: 'committed',
    phase: 'succeeded',
    ...change,
  }
}
