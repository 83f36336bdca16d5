import { Worker } from 'node:worker_threads'
import { fail } from '../../core/model/problem.ts'
import { hashAll, type HashAnswer, type HashJob, type ObjectFormat } from './work.ts'

export type { HashAnswer, HashedFile, HashJob, ObjectFormat } from './work.ts'

/** Less than this is read sooner than a worker has started. */
const worthWorker = { files: 500, bytes: 32 * 1024 * 1024 }

export interface HashRequest {
  readonly jobs: readonly HashJob[]
  readonly format: ObjectFormat
  /** About how much there is to read. */
  readonly bytes: number
  readonly signal: AbortSignal
}

/** Answers in the order of the jobs; what cannot be read is an answer with its errno. E_CANCELLED. */
export async function hashFiles({ jobs, format, bytes, signal }: HashRequest): Promise<readonly HashAnswer[]> {
  if (signal.aborted) throw cancelled(signal)
  if (jobs.length < worthWorker.files && bytes < worthWorker.bytes) return hashAll(jobs, format)
  return inWorker(jobs, format, signal)
}

/** One worker: it keeps the reading away from everything that must answer meanwhile. A second one would fight for the disk. */
function inWorker(jobs: readonly HashJob[], format: ObjectFormat, signal: AbortSignal): Promise<readonly HashAnswer[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, workerData: { jobs, format }, execArgv: [] })
    const stop = (): void => void worker.terminate()
    signal.addEventListener('abort', stop, { once: true })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop)
      // After an answer this changes nothing.
      reject(signal.aborted ? cancelled(signal) : new Error('the worker that reads files ended without an answer'))
    })
  })
}

const program = `const { parentPort, workerData } = require('node:worker_threads')
parentPort.postMessage((${hashAll.toString()})(workerData.jobs, workerData.format))`

function cancelled(signal: AbortSignal): Error {
  return fail('E_CANCELLED', 'Reading the files of a tree was cancelled.', { retryable: true, cause: signal.reason })
}
