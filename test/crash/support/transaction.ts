import { applyFiles, areFilesApplied, undoFiles } from '../../../src/host/file-set/apply.ts'
import type { Transaction, Watch } from '../../../src/host/file-set/transaction.ts'
import { problemOf } from '../../../src/core/model/problem.ts'
import { arm, type Fault } from './fs-faults.ts'

/** transaction.ts VERB TRANSACTION FAULT — one file transaction in a process that may be killed at any call. */
const [verb = '', text = '', fault = ''] = process.argv.slice(2)
const transaction = JSON.parse(text) as Transaction
const watch: Watch = { signal: new AbortController().signal, progress: () => {} }

const armed = await arm(JSON.parse(fault) as Fault)
try {
  process.stdout.write(`DONE ${JSON.stringify(await perform())}\n`)
} catch (error) {
  process.stdout.write(`PROBLEM ${JSON.stringify(problemOf(error))}\n`)
}
process.stdout.write(`CALLS ${armed.calls()}\n`)

async function perform(): Promise<unknown> {
  switch (verb) {
    case 'apply':
      return applyFiles(transaction, watch)
    case 'observe':
      return areFilesApplied(transaction)
    case 'undo':
      return undoFiles(transaction)
    default:
      throw new Error(`no verb ${verb}`)
  }
}
