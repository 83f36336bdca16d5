import { statSync } from 'node:fs'
import type { VerifiedArtifact } from '../../core/model/release.ts'
import { inBlocks } from './blocks.ts'
import { Budget } from './budget.ts'
import { expand } from './expand.ts'
import { type ArchiveFormat, confirmFormat } from './format.ts'
import { type ArchiveLimits, archiveLimits } from './limits.ts'
import { archiveError, cancelled } from './problems.ts'
import { TarReader } from './tar.ts'
import { type Owner, TreeWriter, type Written } from './tree-writer.ts'
import { readZip } from './zip.ts'

export interface ExtractJob {
  readonly archive: VerifiedArtifact
  /** What it is promised to be: the content must agree. null: no promise, the content says what it is. */
  readonly format: ArchiveFormat | null
  /** Where to: must not exist, its parent must. */
  readonly to: string
  readonly limits?: Partial<ArchiveLimits>
  /** Who shall own everything (needs root); left out: whoever runs this. Never what the archive says. */
  readonly owner?: Owner
  readonly signal: AbortSignal
  /** Bytes of the archive read so far, of how many. Called often. */
  readonly progress?: (bytes: number, ofBytes: number) => void
}

/**
 * Parties: whoever made the archive may be hostile; `to` and its parent are written by us alone.
 *
 * Unpacks an archive into the new directory `to`: a single top folder is stripped (its name comes back as `top`),
 * anything else stays flat. Permission bits and times are the archive's. Nothing is ever written outside `to`, whatever
 * the archive says, and memory does not grow with its size. Nothing is synced: see `syncTree`.
 *
 * When it fails, `to` may exist in part and is garbage: the caller removes it, and must before it tries again.
 *
 * Throws E_ARCHIVE_FORMAT (not what was promised, or holds nothing), E_ARCHIVE_CORRUPT, E_ARCHIVE_HOSTILE (names the
 * entry), E_ARCHIVE_TOO_LARGE, E_CANCELLED, or the system's error (full disk, missing rights), which `problemOf` knows.
 */
export async function extract(job: ExtractJob): Promise<Written> {
  const { signal } = job
  if (signal.aborted) throw cancelled(signal)
  const limits = { ...archiveLimits, ...job.limits }
  const format = confirmFormat(job.archive, job.format)
  const writer = new TreeWriter(job.to, limits, job.owner ?? null)
  try {
    if (format === 'zip') await unzip(job, writer, limits)
    else await untar(job, format, writer, limits)
    return writer.finish()
  } catch (error) {
    if (signal.aborted) throw cancelled(signal)
    throw archiveError(error)
  } finally {
    writer.abandon()
  }
}

async function untar(
  job: ExtractJob,
  format: Exclude<ArchiveFormat, 'zip'>,
  writer: TreeWriter,
  limits: ArchiveLimits,
): Promise<void> {
  const ofBytes = statSync(job.archive).size
  const budget = new Budget(limits)
  const reader = new TarReader(writer, budget)
  const expansion = expand(job.archive, format, limits, job.signal)
  try {
    let wanted = true
    for await (const chunk of inBlocks(expansion.chunks, 512)) {
      if (job.signal.aborted) throw cancelled(job.signal)
      const read = expansion.compressedBytes()
      budget.spend(chunk.length, read)
      // Once the tar has ended the rest is only expanded: the checksum of the compression lies behind it.
      if (wanted) wanted = await reader.push(chunk)
      job.progress?.(read, ofBytes)
    }
    reader.end()
  } finally {
    reader.destroy()
  }
}

async function unzip(job: ExtractJob, writer: TreeWriter, limits: ArchiveLimits): Promise<void> {
  const { archive: path, signal } = job
  const ofBytes = statSync(path).size
  const budget = new Budget(limits)
  await readZip({ path, writer, budget, signal, progress: (bytes) => job.progress?.(bytes, ofBytes) })
}
