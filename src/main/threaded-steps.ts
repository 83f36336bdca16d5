import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BelayError, fail, problemOf } from '../core/model/problem.ts'
import type { StepKind } from '../core/plan/step.ts'
import type { StepContext, StepHandlers } from '../ports/step.ts'
import { packageRoot } from './program-file.ts'
import type { Answer, Call, ThreadWiring } from './steps-thread.ts'

/**
 * Kinds that read or write whole files, whoever else wants something of the process meanwhile. All of them come before the
 * commit point: what only tidies up must not depend on a thread.
 */
const moving: ReadonlySet<StepKind> = new Set([
  'download',
  'unpack',
  'carry',
  'rehome',
  'sync',
  'backup',
  'restore',
  'fetch-files',
  'gather-files',
  'files',
  'tree-diff',
])

/** A run's steps of this kind come soon after each other; loading their code takes longer than most of them. */
const idleMs = 10_000

/**
 * The same handlers; those that move files are applied in a thread of their own. An agent answers pages and programs
 * meanwhile: without it each reader slows the update down, and the update every reader. A thread that dies, for want of
 * memory as an example, is a step that failed; the agent lives on, and the way back needs no thread.
 */
export function threadedSteps(handlers: StepHandlers, wiring: ThreadWiring, file = threadFile()): StepHandlers {
  const thread = createThread(wiring, file)
  const threaded = Object.entries(handlers).flatMap(([name, own]) => {
    const kind = name as StepKind
    if (!moving.has(kind)) return []
    const apply = async (step: object, context: StepContext) => thread.apply({ kind, step, run: context.run }, context)
    return [[kind, { ...own, apply }]]
  })
  return { ...handlers, ...Object.fromEntries(threaded) }
}

interface Waiting {
  readonly context: StepContext
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

function createThread(wiring: ThreadWiring, file: string) {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | null = null
  let calls = 0
  const waiting = new Map<number, Waiting>()
  const ended = (of: Worker, error: Error | null) => {
    if (worker !== of) return
    worker = null
    for (const { reject } of waiting.values()) reject(died(error))
    waiting.clear()
  }
  const answered = (answer: Answer) => {
    const call = waiting.get(answer.id)
    if (call === undefined) return
    if (answer.t === 'progress') return call.context.progress(answer.doneBytes, answer.totalBytes, answer.message)
    waiting.delete(answer.id)
    if (answer.t === 'done') call.resolve(answer.value)
    else call.reject(new BelayError(answer.problem))
    if (waiting.size > 0) return
    // Between steps it keeps nobody from ending.
    worker?.unref()
    idle = setTimeout(() => {
      const of = worker
      worker = null
      void of?.terminate()
    }, idleMs).unref()
  }
  const started = (): Worker => {
    const made = new Worker(file, { workerData: wiring, stdin: false })
    made.on('message', answered)
    made.on('error', (error) => ended(made, error instanceof Error ? error : new Error(String(error))))
    made.on('exit', () => ended(made, null))
    return made
  }
  return {
    async apply(call: Omit<Call, 'id' | 't'>, context: StepContext): Promise<never> {
      const { signal } = context
      signal.throwIfAborted()
      if (idle !== null) clearTimeout(idle)
      worker ??= started()
      worker.ref()
      const to = worker
      const id = ++calls
      const onAbort = () => to.postMessage({ t: 'abort', id, problem: problemOf(signal.reason) })
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        return await new Promise<never>((resolve, reject) => {
          waiting.set(id, { context, resolve: resolve as Waiting['resolve'], reject })
          to.postMessage({ t: 'apply', id, ...call })
        })
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
}

function died(error: Error | null): BelayError {
  const { message = 'it ended' } = error ?? {}
  return fail('E_INTERNAL', `The thread of this step did not live to its end: ${message}`, {
    hint: 'If memory is short on this host, give it more, or stop what else runs; then try again.',
    retryable: true,
    cause: error,
  })
}

function threadFile(): string {
  const source = join(packageRoot(), 'src', 'main', 'steps-thread.mjs')
  return existsSync(source) ? source : join(packageRoot(), 'dist', 'steps-thread.js')
}
