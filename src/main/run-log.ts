import type { LogLine } from '../host/log/log-file.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Listener, RunEvent } from '../ports/progress.ts'
import { type LogLevel, logRanks } from '../protocol/settings.ts'

/** One line for each event of a run, with the run's id, the step's kind and the problem's code: what a person greps for. */
export function runLog(write: (line: LogLine) => void, level: LogLevel): Listener {
  const plans = new Map<string, Plan>()
  return (event) => {
    // Who drives a run writes it down, and nobody else.
    if (event.t === 'opened' && event.beside !== true) plans.set(event.run, event.plan)
    const plan = plans.get(event.run)
    if (plan === undefined) return
    if (event.t === 'closed') plans.delete(event.run)
    const said = lineOf(event)
    if (said === null || logRanks[said.level] < logRanks[level]) return
    const component = plan.targets.map((target) => target.component).join(',')
    const step = 'step' in event ? { step: plan.steps[event.step]?.kind ?? event.step + 1 } : {}
    write({ component, run: event.run, ...step, ...said })
  }
}

interface Said {
  readonly level: LogLevel
  readonly text: string
  readonly code?: string
  readonly ms?: number
}

function lineOf(event: RunEvent): Said | null {
  switch (event.t) {
    case 'opened': {
      const [target] = event.plan.targets
      const what = event.resumed ? `resumed ${event.plan.action}` : event.plan.action
      return { level: 'info', text: `${what} ${target?.from ?? 'nothing'} -> ${target?.to ?? 'nothing'}` }
    }
    case 'step':
      return { level: event.state === 'running' ? 'debug' : 'info', ms: event.ms, text: event.state }
    case 'failed':
      return {
        level: 'warn',
        code: event.problem.code,
        ms: event.ms,
        text: `${event.verb} failed: ${event.problem.message}`,
      }
    case 'waiting':
      return { level: 'info', text: `waiting until ${new Date(event.until).toISOString()}` }
    case 'closed': {
      const level = event.outcome === 'committed' ? 'info' : 'error'
      const text = `ended ${event.outcome}`
      const { problem } = event
      return problem === null ? { level, text } : { level, code: problem.code, text: `${text}: ${problem.message}` }
    }
    case 'progress':
      return null
  }
}
