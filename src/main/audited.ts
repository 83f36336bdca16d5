import { userInfo } from 'node:os'
import { problemOf } from '../core/model/problem.ts'
import type { AuditEvent, AuditLog } from '../ports/access.ts'
import type { Engine, RunReport } from '../ports/engine.ts'

export type Record = (event: Pick<AuditEvent, 'action' | 'target' | 'outcome' | 'run'>) => Promise<void>

/** Writes down what whoever started this process does; the agent starts updates that nobody asks for. */
export function recordAs(audit: AuditLog, from: 'command line' | 'agent'): Record {
  return (event) => audit.record({ ...event, who: processOwner(), from })
}

function processOwner(): string {
  const uid = process.getuid?.()
  try {
    const { username } = userInfo()
    return uid === undefined ? username : `${username} (uid ${uid})`
  } catch {
    return `uid ${uid ?? 'unknown'}`
  }
}

type Warn = (text: string) => void

/**
 * An engine whose changes are on record: before they begin, or they do not, and how they ended. What finishes or undoes a
 * run that was left behind is never stopped by a record that cannot be written. `warn`: an end could not be.
 */
export function audited(engine: Engine, open: () => Promise<Record>, warn: Warn): Engine {
  const around = recorder(open, warn)
  return {
    ...engine,
    update: (name, options) => around('update', name, () => engine.update(name, options)),
    rollback: (name, options) => around('rollback', name, () => engine.rollback(name, options)),
    adopt: (name, options) => around('adopt', name, () => engine.adopt(name, options)),
    forget: (name, options) => around('forget', name, () => engine.forget(name, options)),
    restoreBackup: (name, id, signal) => around('restore', name, () => engine.restoreBackup(name, id, signal)),
    resume: (options) => resumed(engine, open, warn, options),
  }
}

/**
 * The same for what the agent does by itself, updates by policy and what its start finishes or undoes: what somebody asks it
 * for is on record with who asked.
 */
export function auditedPolicy(engine: Engine, open: () => Promise<Record>, warn: Warn): Engine {
  const around = recorder(open, warn)
  return {
    ...engine,
    update: (name, options) =>
      options.auto === true ? around('update', name, () => engine.update(name, options)) : engine.update(name, options),
    // Whoever asks names the component.
    resume: (options) =>
      options.component === undefined ? resumed(engine, open, warn, options) : engine.resume(options),
  }
}

async function resumed(
  engine: Engine,
  open: () => Promise<Record>,
  warn: Warn,
  options: Parameters<Engine['resume']>[0],
) {
  const result = await engine.resume(options)
  for (const { component, outcome, run } of result.runs) {
    await ended(await open(), { action: 'resume', target: component, outcome, run }, warn)
  }
  return result
}

function recorder(open: () => Promise<Record>, warn: Warn) {
  return async (action: string, target: string, work: () => Promise<RunReport>): Promise<RunReport> => {
    const record = await open()
    await record({ action, target, outcome: 'started' })
    try {
      const report = await work()
      await ended(record, { action, target, outcome: report.outcome, run: report.run }, warn)
      return report
    } catch (error) {
      await ended(record, { action, target, outcome: problemOf(error).code }, warn)
      throw error
    }
  }
}

async function ended(record: Record, event: Parameters<Record>[0], warn: Warn): Promise<void> {
  await record(event).catch((error: unknown) => {
    const { code, message } = problemOf(error)
    warn(`belay: the audit log does not have how this ended: ${code} ${message}\n`)
  })
}
