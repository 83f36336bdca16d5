import { copyFile, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFileSet, writeFileSet } from '../host/file-set/set.ts'
import { takeCopy } from '../host/git-objects/commit-files.ts'
import { nextRecordFile } from '../host/git-objects/record-files.ts'
import { removeTree } from '../host/tree/remove.ts'
import { syncTree } from '../host/tree/sync.ts'
import type { StepHandler } from '../ports/step.ts'

/** A way back is a file set like any other; its contents are copied, so that what is kept stays kept. */
export function gatherFilesHandler(): StepHandler<'gather-files'> {
  return {
    async apply({ set, root, changes, record }, { progress }) {
      if ((await readFileSet(set)) !== null) return { already: true }
      for (const [done, { change, content }] of changes.entries()) {
        progress(done, changes.length)
        if (change.to?.kind === 'file' && content !== null) await takeCopy(set, content, change.to.sha256)
      }
      if (record !== null) await copyFile(record, nextRecordFile(set))
      await syncTree(set)
      await writeFileSet(set, { v: 1, root, changes: changes.map(({ change }) => change) })
      return { files: changes.length }
    },
    observe: async ({ set }) => ((await readFileSet(set)) === null ? 'absent' : 'present'),
    async undo({ set }) {
      await removeTree(set)
      await rmdir(dirname(set)).catch(ignoreInUse)
    },
  }
}

function ignoreInUse(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
