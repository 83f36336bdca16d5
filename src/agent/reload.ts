import { type Problem, problemOf } from '../core/model/problem.ts'
import type { Generations } from './generations.ts'
import type { AgentPorts, Loaded } from './ports.ts'
import { tellRuns } from './tell-runs.ts'

/** Reads the config again when asked, whole; one that is not right leaves the old one in force. */
export function reloader(
  ports: AgentPorts,
  generations: Generations,
  swapped: (loaded: Loaded) => void,
): { request(): void } {
  let turn: Promise<void> = Promise.resolve()
  const reload = async () => {
    const problem = await ports.load().then(
      (loaded) => {
        loaded.engine.subscribe(tellRuns(ports.say))
        generations.swap(loaded)
        swapped(loaded)
        return null
      },
      (error: unknown) => problemOf(error),
    )
    tell(ports, problem)
    ports.noted(problem)
  }
  return {
    // One at a time, or an older config could come last.
    request() {
      turn = turn.then(reload)
    },
  }
}

function tell({ say }: AgentPorts, problem: Problem | null): void {
  const about = { component: null, run: null }
  if (problem === null) return say({ ...about, level: 'info', text: 'the config was read again and holds from now on' })
  const errors = Array.isArray(problem.facts['errors']) ? problem.facts['errors'].map(String) : []
  const more = errors.filter((text) => !problem.message.includes(text))
  say({ ...about, level: 'error', text: `the old config stays in force: ${problem.code} ${problem.message}` })
  for (const text of more) say({ ...about, level: 'error', text })
}
