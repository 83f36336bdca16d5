import { mkdir, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { downloadTo } from '../host/http/download.ts'
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
        digest: step.digest,
        statedBy: step.statedBy,
        expectedBytes: step.artifact.bytes,
        bytesMax: step.bytesMax,
        signal,
        onBytes: progress,
        clock,
      })
      return { bytes: done.fetchedBytes, sha256: done.sha256, resumed: done.resumed }
    },
    // The file appears under its name only when it is whole and has met the demand.
    observe: async (step) => ((await exists(step.to)) ? 'present' : 'absent'),
    async undo(step) {
      await rm(step.to, { force: true })
      await rm(`${step.to}.part`, { force: true })
    },
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
