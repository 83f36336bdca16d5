import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { extract } from '../host/archive/extract.ts'
import { type ArchiveFormat, formatOf } from '../host/archive/format.ts'
import { downloadedTo } from '../host/http/download.ts'
import { switchTo } from '../host/process/identity.ts'
import { carryPaths } from '../host/tree/carry.ts'
import { renameDurable } from '../host/tree/durable.ts'
import { removeTree } from '../host/tree/remove.ts'
import { rehome } from '../host/tree/rehome.ts'
import { exists } from '../host/tree/stat.ts'
import { syncTree } from '../host/tree/sync.ts'
import type { StepHandler } from '../ports/step.ts'

/** The tree grows under `building` and gets its name when it is whole: a tree under its name is a whole one. */
export function unpackHandler(): StepHandler<'unpack'> {
  return {
    async apply(step, { signal, progress }) {
      if (await exists(step.to)) return { already: true }
      await removeTree(step.building)
      await mkdir(dirname(step.building), { recursive: true })
      const owner = await switchTo(step.user)
      const done = await extract({
        archive: downloadedTo(step.archive),
        format: knownFormat(step.archiveName),
        to: step.building,
        signal,
        progress,
        ...(owner === null ? {} : { owner: { uid: owner.uid, gid: owner.gid } }),
      })
      await renameDurable(step.building, step.to)
      return { files: done.files, bytes: done.bytes, top: done.top }
    },
    observe: async (step) => ((await exists(step.to)) ? 'present' : 'absent'),
    async undo(step) {
      await removeTree(step.building)
      if (!(await exists(step.to))) return
      // The failed version is evidence: kept aside, named in the report, gone with the next update.
      await removeTree(step.failed)
      await mkdir(dirname(step.failed), { recursive: true })
      await renameDurable(step.to, step.failed)
    },
  }
}

/** Copies what the user owns in a tree (`preserve`) into the other one, where it wins over what was shipped. */
export function carryHandler(): StepHandler<'carry'> {
  return {
    async apply(step, { signal }) {
      const { files, bytes } = await carryPaths({ from: step.from, to: step.to, patterns: step.patterns, signal })
      return { files, bytes }
    },
    observe: async () => 'absent',
    // The copy lies in a tree that is itself taken away; the original was only read.
    undo: async () => {},
  }
}

export function rehomeHandler(): StepHandler<'rehome'> {
  return {
    apply: async (step) => ({ files: await rehome(step.tree, step.to) }),
    observe: async () => 'absent',
    // The tree goes as a whole.
    undo: async () => {},
  }
}

export function syncHandler(): StepHandler<'sync'> {
  return {
    async apply(step) {
      await syncTree(step.path)
      return {}
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

function knownFormat(name: string): ArchiveFormat {
  const format = formatOf(name)
  if (format !== null) return format
  throw fail('E_ARCHIVE_FORMAT', `${name} is not an archive that can be unpacked.`, {
    hint: 'Let source.asset name a .tar.gz, .tar.xz, .tar.zst, .tar or .zip.',
  })
}
