import type { Say } from '../ports/agent.ts'
import type { Listener, RunEvent } from '../ports/progress.ts'
import { sentence } from './updates.ts'

/** What happens to runs, as lines: their beginning, what failed in them, and how they ended. */
export function tellRuns(say: Say): Listener {
  const components = new Map<string, string>()
  return (event) => {
    if (event.t === 'opened') components.set(event.run, event.plan.targets.map(({ component }) => component).join(','))
    const line = lineOf(event)
    if (line !== null) say({ ...line, component: components.get(event.run) ?? null, run: event.run })
    if (event.t === 'closed') components.delete(event.run)
  }
}

function lineOf(event: RunEvent): { level: 'debug' | 'info' | 'warn' | 'error'; text: string } | null {
  switch (event.t) {
    case 'opened': {
      const { action, targets } = event.plan
      const [target] = targets
      const what = `${action} from ${target?.from ?? 'nothing'} to ${target?.to ?? 'nothing'}`
      return { level: 'info', text: event.resumed ? `resuming: ${what}` : what }
    }
    case 'step':
      return { level: 'debug', text: `step ${event.step + 1} ${event.state}, ${event.ms} ms` }
    case 'failed':
      return { level: 'warn', text: `step ${event.step + 1} failed: ${sentence(event.problem)}` }
    case 'waiting':
      return { level: 'debug', text: `waiting until ${new Date(event.until).toISOString()}` }
    case 'closed': {
      const why = event.problem === null || event.outcome === 'committed' ? '' : `: ${sentence(event.problem)}`
      return { level: event.outcome === 'committed' ? 'info' : 'error', text: `ended ${event.outcome}${why}` }
    }
    case 'progress':
      return null
  }
}
