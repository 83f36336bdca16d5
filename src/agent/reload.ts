import { type Problem, problemOf } from '../core/model/problem.ts'
import type { Generations } from './generations.ts'
import { greet } from './greet.ts'
import type { AgentPorts, Loaded } from './ports.ts'
import { tellRuns } from './tell-runs.ts'

/** Reads the config again when asked, whole; one that is not right leaves the old one in force. */
export function reloader(
  ports: AgentPorts,
  generations: Generations,
  swapped: (loaded: Loaded) => void,
): { request(): Promise<Problem | null> } {
  let turn: Promise<Problem | null> = Promise.resolve(null)
  const reload = async () => {
    const problem = await ports.load().then(
      (loaded) => {
        loaded.engine.subscribe(tellRuns(ports.say))
        generations.swap(loaded)
        swapped(loaded)
        greet(ports.say, loaded.settings, 'the config was read again')
        return null
      },
      (error: unknown) => problemOf(error),
    )
    if (problem !== null) tell(ports, problem)
    ports.noted(problem)
    return problem
  }
  // The answer cannot be written down: whoever asked sees that none came.
  const failed = (error: unknown) => {
    const problem = problemOf(error)
    tell(ports, problem, 'a reload could not be answered')
    return problem
  }
  return {
    // One at a time, or an older config could come last.
    request() {
      turn = turn.then(reload).catch(failed)
      return turn
    },
  }
}

function tell({ say }: AgentPorts, problem: Problem, what = 'the old config stays in force'): void {
  const about = { component: null, run: null }
  const errors = Array.isArray(problem.facts['errors']) ? problem.facts['errors'].map(String) : []
  const more = errors.filter((text) => !problem.message.includes(text))
  say({ ...about, level: 'error', text: `${what}: ${problem.code} ${problem.message}` })
  for (const text of more) say({ ...about, level: 'error', text })
}
