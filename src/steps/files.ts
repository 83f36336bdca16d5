import { applyFiles, areFilesApplied, undoFiles } from '../host/file-set/apply.ts'
import { readFileSet } from '../host/file-set/set.ts'
import type { Transaction } from '../host/file-set/transaction.ts'
import { makeDiff } from '../host/file-set/tree-diff.ts'
import { nextRecordFile } from '../host/git-objects/record-files.ts'
import { switchTo } from '../host/process/identity.ts'
import { removeTree } from '../host/tree/remove.ts'
import type { FilesStep } from '../core/plan/step.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'

/** The file transaction, from whatever a crash left, in either direction. */
export function filesHandler(): StepHandler<'files'> {
  return {
    async apply(step, context) {
      const { files, bytes, skipped, warnings } = await applyFiles(await transactionOf(step, context), context)
      return {
        files,
        bytes,
        saved: step.saved,
        ...(skipped.length > 0 ? { skipped } : {}),
        ...(warnings.length > 0 ? { warnings } : {}),
      }
    },
    async observe(step, context) {
      return (await areFilesApplied(await transactionOf(step, context))) ? 'present' : 'absent'
    },
    async undo(step, context) {
      const aside = await undoFiles(await transactionOf(step, context))
      if (aside.length > 0) context.progress(0, null, `kept aside in ${step.saved}/aside: ${aside.join(', ')}`)
    },
  }
}

async function transactionOf(step: FilesStep, { run }: StepContext): Promise<Transaction> {
  const { root, set, saved, versions, helper, optional, edited, record } = step
  const owner = await switchTo(step.owner)
  return {
    root,
    set,
    saved,
    run,
    versions,
    helper,
    optional,
    edited,
    owner: owner === null ? null : { uid: owner.uid, gid: owner.gid },
    record: record === null ? null : { path: record, next: nextRecordFile(set) },
  }
}

export function treeDiffHandler(): StepHandler<'tree-diff'> {
  return {
    async apply(step, { signal }) {
      if ((await readFileSet(step.set)) !== null) return { already: true }
      await removeTree(step.set)
      return { ...(await makeDiff(step, signal)) }
    },
    observe: async ({ set }) => ((await readFileSet(set)) === null ? 'absent' : 'present'),
    undo: ({ set }) => removeTree(set),
  }
}
