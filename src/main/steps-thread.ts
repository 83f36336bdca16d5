import { parentPort, workerData } from 'node:worker_threads'
import type { RunId } from '../core/model/names.ts'
import { BelayError, type Problem, problemOf } from '../core/model/problem.ts'
import type { StepKind } from '../core/plan/step.ts'
import { systemClock } from '../host/clock.ts'
import type { ResumeCommand } from '../ports/service.ts'
import type { StepContext } from '../ports/step.ts'
import { stepHandlers } from '../steps/handlers.ts'
import { fileRetiring } from '../storage/retiring.ts'
import { systemAdapters } from './system-adapters.ts'

/** What a thread needs to make handlers of its own: data alone. */
export interface ThreadWiring {
  readonly stateDir: string
  readonly allowHttp: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly resume: ResumeCommand
}

export interface Call {
  readonly t: 'apply'
  readonly id: number
  readonly kind: StepKind
  readonly step: object
  readonly run: RunId
}

type Request = Call | { readonly t: 'abort'; readonly id: number; readonly problem: Problem }

export type Answer =
  | { readonly t: 'done'; readonly id: number; readonly value: unknown }
  | { readonly t: 'failed'; readonly id: number; readonly problem: Problem }
  | ({ readonly t: 'progress'; readonly id: number } & Progress)

interface Progress {
  readonly doneBytes: number
  readonly totalBytes: number | null
  readonly message: string | undefined
}

/** Steps tell it with every block; whoever watches sees a few a second. */
const progressEveryMs = 100

/** The other end of `threadedSteps`. */
function serve(port: NonNullable<typeof parentPort>, { stateDir, allowHttp, env, resume }: ThreadWiring): void {
  const clock = systemClock()
  const handlers = stepHandlers({
    adapters: systemAdapters({ stateDir, allowHttp, env, clock }),
    clock,
    resume,
    retiring: fileRetiring(stateDir),
  })
  const stops = new Map<number, AbortController>()
  const say = (answer: Answer) => port.postMessage(answer)
  const carryOut = async ({ id, kind, step, run }: Call): Promise<void> => {
    const stop = new AbortController()
    stops.set(id, stop)
    let toldAt = -Infinity
    const progress: StepContext['progress'] = (doneBytes, totalBytes, message) => {
      const at = performance.now()
      if (at - toldAt < progressEveryMs) return
      toldAt = at
      say({ t: 'progress', id, doneBytes, totalBytes, message })
    }
    try {
      // Which step goes with which kind was checked where the call was made.
      const handler = handlers[kind] as { apply(of: object, context: StepContext): Promise<unknown> }
      say({ t: 'done', id, value: await handler.apply(step, { run, signal: stop.signal, progress }) })
    } catch (error) {
      say({ t: 'failed', id, problem: problemOf(error) })
    } finally {
      stops.delete(id)
    }
  }
  port.on('message', (request: Request) => {
    if (request.t === 'apply') void carryOut(request)
    else stops.get(request.id)?.abort(new BelayError(request.problem))
  })
}

if (parentPort !== null) serve(parentPort, workerData as ThreadWiring)
