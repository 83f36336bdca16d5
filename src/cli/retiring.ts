import { setTimeout } from 'node:timers/promises'
import { problemOf } from '../core/model/problem.ts'
import type { Engine } from '../ports/engine.ts'
import { moment } from '../protocol/words/units.ts'
import type { Context } from './context.ts'
import { problemLines } from './render/problem.ts'

const lookMs = 500

/**
 * The run is done, but people may still be connected to the version before. Without an agent somebody has to be there when they have
 * left: this command. Ctrl-C leaves it to `belay resume`, or to the next agent.
 */
export async function untilRetired(context: Context, engine: Engine, component: string): Promise<void> {
  const mine = () => engine.retiring().find((item) => item.component === component)
  const first = mine()
  if (first === undefined || (await engine.hasAgent())) return
  const warm = Date.parse(first.warm_until) > context.talk.reader().now
  const kept = warm ? `is kept until ${moment(first.warm_until)} to be switched back to, and then` : 'runs on'
  context.talk.lines.print([
    `The version before (${first.slot}) ${kept} until its connections end, at the latest until ${moment(first.retire_at)}.`,
    'Ctrl-C leaves its end to belay resume.',
  ])
  // A proxy that cannot be asked for a moment, or for an hour, leaves open who is served: nothing is ended then.
  let told = ''
  const tell = (error: unknown) => {
    const problem = problemOf(error)
    if (problem.message !== told) context.complain.lines.print(problemLines(problem, context.complain.reader(), ''))
    told = problem.message
  }
  const left = new AbortController()
  const forget = context.io.onInterrupt(() => left.abort())
  try {
    while (mine() !== undefined && !left.signal.aborted) {
      await engine.retire({}).catch(tell)
      if (mine() !== undefined) await setTimeout(lookMs, null, { signal: left.signal }).catch(() => null)
    }
  } finally {
    forget()
  }
}
