import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { BelayError, Problem } from '../../core/model/problem.ts'
import { problemOf } from '../../core/model/problem.ts'
import type { VerifiedArtifact } from '../../core/model/release.ts'
import { readMinisignKey, signsContent } from '../../core/trust/minisign.ts'
import { type SignatureDemand, wholeBytesMax } from '../../core/trust/signature-demand.ts'
import type { Digest } from '../../core/model/names.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ByteStream } from '../../ports/source.ts'
import { checksumMismatch, invalid, signatureMismatch, sizeMismatch, tooLarge, truncated } from './failures.ts'
import { cancellation } from './network.ts'
import { PartFile } from './part-file.ts'

export interface DownloadLimits {
  /** Dropped connections in a row without `progressBytesMin` new bytes between them. */
  readonly attemptsMax: number
  readonly progressBytesMin: number
  readonly retryPauseMs: number
}

export const downloadLimits: DownloadLimits = { attemptsMax: 5, progressBytesMin: 64 * 1024, retryPauseMs: 1000 }

export interface Download {
  /** Bytes from `offset` on: `source.open` of the artifact. */
  readonly open: (offset: number, signal: AbortSignal) => Promise<ByteStream>
  /** Where the whole file will stand; until then `<path>.part`. */
  readonly path: string
  /** What people call it, for messages; left out: the name of `path`. */
  readonly name?: string
  /** null: nothing to compare with. Without a signature a dropped download begins anew then, as nothing would prove that two parts fit. */
  readonly digest: Digest | null
  /** Who stated the digest, for the message: `api`, the name of a checksum file. */
  readonly statedBy?: string | null
  /** What the bytes must be signed with besides. */
  readonly signature?: SignatureDemand | null
  readonly bytesMax: number
  /** null: the release states no size. */
  readonly expectedBytes: number | null
  readonly signal: AbortSignal
  readonly onBytes: (doneBytes: number, totalBytes: number | null) => void
  readonly clock: Clock
  readonly limits?: Partial<DownloadLimits>
}

export interface Downloaded {
  readonly bytes: number
  readonly sha256: Digest
  /** Whether bytes of an earlier attempt were used. */
  readonly resumed: boolean
  /** What came over the network this time. */
  readonly fetchedBytes: number
}

/**
 * Brings a file to disk, hashed while it is written, synced, and under its name only when size and digest are right.
 * Idempotent: a file that is already there with the right digest is left alone, a part of one is completed.
 * Errors: those of `open`, E_CHECKSUM_MISMATCH and E_SIGNATURE_INVALID (the part is removed), E_RESPONSE_TOO_LARGE, E_CANCELLED, system errors.
 */
export async function downloadTo(download: Download): Promise<Downloaded> {
  const { path, digest, bytesMax, expectedBytes } = download
  if (expectedBytes !== null && expectedBytes > bytesMax) throw tooLarge(nameOf(download), bytesMax)
  if (download.signal.aborted) throw cancellation(download.signal, nameOf(download))
  if (digest !== null) {
    const bytes = await sameFile(path, digest)
    if (bytes !== null) return { bytes, sha256: digest, resumed: true, fetchedBytes: 0 }
  }
  const { signal, signature = null } = download
  const keep = isProvable(download)
  const part = await PartFile.open(path, { keep, blake2b: signature?.prehashed === true, signal })
  const state = { fetchedBytes: 0, connections: 0, resumed: part.bytes > 0 }
  try {
    await fill(part, download, state)
    let wrong = await wrongWith(part, download)
    if (wrong !== null && (state.resumed || state.connections > 1)) {
      // Two parts that do not fit: the first was damaged on disk, or the file changed in between. Once more, in one piece.
      await restart(part, state)
      await fill(part, download, state)
      wrong = await wrongWith(part, download)
    }
    if (wrong !== null) throw wrong
    const sha256 = part.digest()
    await part.finish(path)
    return { bytes: part.bytes, sha256, resumed: state.resumed, fetchedBytes: state.fetchedBytes }
  } catch (caught) {
    const error = download.signal.aborted ? cancellation(download.signal, nameOf(download)) : caught
    await (keep && worthKeeping(problemOf(error)) ? part.close() : part.remove())
    throw error
  }
}

/**
 * The file at `path`, which `downloadTo` gave that name: under its name is only what met its demand, also after a crash.
 */
export function downloadedTo(path: string): VerifiedArtifact {
  return path as VerifiedArtifact
}

function isProvable({ digest, signature = null }: Download): boolean {
  return digest !== null || signature !== null
}

async function wrongWith(part: PartFile, download: Download): Promise<BelayError | null> {
  const { digest, signature = null } = download
  const name = nameOf(download)
  if (digest !== null && part.digest() !== digest) {
    return checksumMismatch(name, digest, part.digest(), download.statedBy ?? null)
  }
  if (signature === null) return null
  const key = readMinisignKey(signature.key)
  const content = signature.prehashed ? part.blake2b() : await part.whole(wholeBytesMax)
  const proven =
    key !== null && content !== null && signsContent(Buffer.from(signature.signature, 'base64'), content, key)
  return proven ? null : signatureMismatch(name, signature.by, key?.id ?? 'unknown')
}

interface State {
  fetchedBytes: number
  /** What the file is made of: the bytes of an earlier process, and one piece for each connection. */
  resumed: boolean
  connections: number
}

async function restart(part: PartFile, state: State): Promise<void> {
  await part.restart()
  state.connections = 0
  state.resumed = false
}

/** Connects as often as it takes, as long as that gets anywhere. */
async function fill(part: PartFile, download: Download, state: State): Promise<void> {
  const limits = { ...downloadLimits, ...download.limits }
  let [failures, reachedBytes] = [0, part.bytes]
  for (;;) {
    try {
      return await fetchRest(part, download, state)
    } catch (error) {
      if (!mayPass(problemOf(error)) || download.signal.aborted) throw error
      const progressed = part.bytes - reachedBytes >= limits.progressBytesMin
      failures = progressed ? 1 : failures + 1
      reachedBytes = Math.max(reachedBytes, part.bytes)
      if (failures >= limits.attemptsMax) throw error
      if (!isProvable(download)) await restart(part, state)
      await download.clock.sleep(limits.retryPauseMs * 2 ** (failures - 1), download.signal)
    }
  }
}

async function fetchRest(part: PartFile, download: Download, state: State): Promise<void> {
  const { bytesMax, expectedBytes } = download
  const name = nameOf(download)
  if (expectedBytes !== null && part.bytes > expectedBytes) await restart(part, state)
  if (expectedBytes !== null && part.bytes === expectedBytes && part.bytes > 0) return
  const attempt = new AbortController()
  try {
    const stream = await download.open(part.bytes, AbortSignal.any([download.signal, attempt.signal]))
    if (stream.offset !== part.bytes) {
      if (stream.offset !== 0) throw invalid(name, `comes from byte ${stream.offset} on instead of ${part.bytes}`)
      await restart(part, state)
    }
    const totalBytes = stream.totalBytes ?? expectedBytes
    if (expectedBytes !== null && totalBytes !== expectedBytes) throw sizeMismatch(name, expectedBytes, totalBytes ?? 0)
    if (totalBytes !== null && totalBytes > bytesMax) throw tooLarge(name, bytesMax)
    state.connections += 1
    await receive(part, stream, totalBytes, download, state)
  } finally {
    // Whatever was not read is not wanted: the connection ends here, also where the body was never begun.
    attempt.abort()
  }
}

async function receive(
  part: PartFile,
  stream: ByteStream,
  totalBytes: number | null,
  download: Download,
  state: State,
) {
  const limitBytes = totalBytes ?? download.bytesMax
  download.onBytes(part.bytes, totalBytes)
  for await (const chunk of stream.chunks) {
    if (part.bytes + chunk.byteLength > limitBytes) throw tooLarge(nameOf(download), limitBytes)
    await part.append(chunk)
    state.fetchedBytes += chunk.byteLength
    download.onBytes(part.bytes, totalBytes)
  }
  if (totalBytes !== null && part.bytes < totalBytes) throw truncated(nameOf(download), part.bytes, totalBytes)
}

function nameOf({ name, path }: Download): string {
  return name ?? basename(path)
}

function mayPass(problem: Problem): boolean {
  return problem.retryable && ['E_NETWORK', 'E_TIMEOUT', 'E_HTTP_STATUS'].includes(problem.code)
}

/** A part saves time after trouble on the way; it must not stay where it is wrong, or where the disk is full. */
function worthKeeping(problem: Problem): boolean {
  return mayPass(problem) || problem.code === 'E_CANCELLED' || problem.code === 'E_RATE_LIMITED'
}

/** The size of the file at `path` if it is there with this digest. */
async function sameFile(path: string, digest: Digest): Promise<number | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.byteLength
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  return `sha256:${hash.digest('hex')}` === digest ? bytes : null
}
