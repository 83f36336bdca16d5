import { copyTree } from '../host/tree/copy.ts'
import { renameDurable } from '../host/tree/durable.ts'
import { removeTree } from '../host/tree/remove.ts'
import { exists, lstatOrNull } from '../host/tree/stat.ts'
import { syncTree } from '../host/tree/sync.ts'
import type { StepHandler } from '../ports/step.ts'

/** Second names of the same files: package managers take files away and make new ones, and write into none that is there. */
export function keepFolderHandler(): StepHandler<'keep-folder'> {
  return {
    async apply({ path, kept }, { signal }) {
      if (await exists(kept)) return { already: true }
      if ((await lstatOrNull(path))?.isDirectory() !== true) return { absent: true }
      const building = `${kept}.partial`
      await removeTree(building)
      const { files } = await copyTree(path, building, { share: true, special: 'skip', signal })
      await syncTree(building)
      await renameDurable(building, kept)
      return { files }
    },
    observe: async ({ kept }) => ((await exists(kept)) ? 'present' : 'absent'),
    async undo({ kept }) {
      for (const garbage of [`${kept}.partial`, `${kept}.undone`, kept]) await removeTree(garbage)
    },
  }
}

export function bringBackHandler(): StepHandler<'bring-back'> {
  return {
    apply: async () => ({}),
    observe: async () => 'absent',
    async undo({ path, kept }) {
      const undone = `${kept}.undone`
      if (await exists(kept)) {
        if (await exists(path)) {
          await removeTree(undone)
          await renameDurable(path, undone)
        }
        await renameDurable(kept, path)
      }
      await removeTree(undone)
    },
  }
}
