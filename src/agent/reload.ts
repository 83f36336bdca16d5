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
): { request(): void } {
  let turn: Promise<void> = Promise.resolve()
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
  }
  // The answer cannot be written down: whoever asked sees that none came.
  const failed = (error: unknown) => tell(ports, problemOf(error), 'a reload could not be answered')
  return {
    // One at a time, or an older config could come last.
    request() {
      turn = turn.then(reload).catch(failed)
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
