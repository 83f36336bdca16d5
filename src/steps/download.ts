import { mkdir, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Spec } from '../core/model/names.ts'
import { downloadTo } from '../host/http/download.ts'
import { exists } from '../host/tree/stat.ts'
import type { StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** Streams to disk while hashing; a part that a crash left is continued, never trusted: its bytes are hashed again. */
export function downloadHandler({ adapters, clock }: StepPorts): StepHandler<'download'> {
  return {
    async apply(step, { signal, progress }) {
      await mkdir(dirname(step.to), { recursive: true, mode: 0o700 })
      const source = await adapters.source(step.source)
      const done = await downloadTo({
        open: (offset, abort) => source.open(step.artifact, offset, abort),
        path: step.to,
        name: step.artifact.name,
        digest: step.digest,
        statedBy: step.statedBy,
        signature: step.signature ?? null,
        expectedBytes: step.artifact.bytes,
        bytesMax: step.bytesMax,
        signal,
        onBytes: progress,
        clock,
      })
      return { bytes: isCarried(step.source) ? 0 : done.fetchedBytes, sha256: done.sha256, resumed: done.resumed }
    },
    // The file appears under its name only when it is whole and has met the demand.
    observe: async (step) => ((await exists(step.to)) ? 'present' : 'absent'),
    async undo(step) {
      await rm(step.to, { force: true })
      await rm(`${step.to}.part`, { force: true })
      // The run's own folder: a run that changed nothing leaves nothing. What else is in it is not the download's.
      await rmdir(dirname(step.to)).catch(ignoreInUse)
    },
  }
}

/** What is read from a bundle came over no network. */
function isCarried(source: Spec): boolean {
  return source['bundle'] !== undefined
}

function ignoreInUse(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}
