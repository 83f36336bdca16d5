import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BelayError, fail } from '../../core/model/problem.ts'
import { archiveLimits } from '../../host/archive/limits.ts'
import { fsyncDir } from '../../host/tree/durable.ts'
import { contentList, entriesOf, type Entry } from './entries.ts'
import { FrameWriter } from './frames.ts'
import { PackedProbe } from './packed.ts'
import { endOfTar, headOf, padding } from './tar.ts'

export interface PackJob {
  readonly dir: string
  /** The one folder that everything lies under: hosts strip it. */
  readonly top: string
  readonly to: string
  /** Of every entry. */
  readonly epochSeconds: number
  readonly signal: AbortSignal
  /** Bytes of the tree that are packed. */
  readonly progress?: (bytes: number) => void
}

export interface Packed {
  readonly bytes: number
  readonly sha256: string
  /** SHA-256 of the list of what is in it. */
  readonly manifest: string
  readonly files: number
  readonly packed: readonly string[]
}

/** A `.tar.zst` that depends on the content of the tree alone. It appears whole or not at all. */
export async function packTree({ dir, top, to, epochSeconds, signal, progress }: PackJob): Promise<Packed> {
  const temporary = join(dirname(to), `.${basename(to)}.belay-new`)
  await mkdir(dirname(to), { recursive: true })
  await rm(temporary, { force: true })
  try {
    await using file = await open(temporary, 'wx', 0o644)
    const frames = new FrameWriter(file, progress ?? (() => {}))
    const fed = await feed(frames, entriesOf(dir, top, signal), epochSeconds).catch(forBuilder)
    const { sha256, bytes, rawBytes } = await frames.end()
    requireUnpackable(rawBytes, bytes)
    await file.sync()
    await rename(temporary, to)
    await fsyncDir(dirname(to))
    return { sha256, bytes, ...fed }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

type Fed = Pick<Packed, 'manifest' | 'files' | 'packed'>

async function feed(frames: FrameWriter, entries: AsyncIterable<Entry>, epochSeconds: number): Promise<Fed> {
  const list = contentList()
  const packed: string[] = []
  let files = 0
  for await (const entry of entries) {
    const isFile = entry.kind === 'file'
    const mode = isFile ? entry.mode : entry.kind === 'folder' ? 0o755 : 0o777
    const target = entry.kind === 'link' ? entry.target : ''
    const bytes = isFile ? entry.bytes : 0
    await frames.write(headOf({ kind: entry.kind, name: entry.name, mode, bytes, target, epochSeconds }))
    if (!isFile) {
      list.add(entry, null)
      continue
    }
    const { sha256, isPacked } = await feedFile(frames, entry)
    files += 1
    list.add(entry, sha256)
    if (isPacked) packed.push(entry.name.slice(entry.name.indexOf('/') + 1))
  }
  await frames.write(endOfTar())
  return { manifest: list.digest(), files, packed: packed.slice(0, 100) }
}

async function feedFile(
  frames: FrameWriter,
  { bytes, read }: Extract<Entry, { kind: 'file' }>,
): Promise<{ readonly sha256: string; readonly isPacked: boolean }> {
  const sum = createHash('sha256')
  const probe = new PackedProbe(bytes)
  for (const chunk of read()) {
    sum.update(chunk)
    probe.add(chunk)
    await frames.write(chunk)
  }
  await frames.write(padding(bytes))
  return { sha256: sum.digest('hex'), isPacked: probe.isPacked() }
}

/** The rules are those of hosts, and so is their advice: whoever builds has nobody else to ask. */
function forBuilder(error: unknown): never {
  if (error instanceof BelayError && /^E_ARCHIVE_(HOSTILE|TOO_LARGE)$/.test(error.problem.code)) {
    const { code, message, facts } = error.problem
    const hint = 'Nothing was built, for no host would unpack it. Change that in the folder, then build again.'
    throw fail(code, message, { hint, facts, cause: error })
  }
  throw error
}

function requireUnpackable(rawBytes: number, bytes: number): void {
  const { ratioMax, ratioFromBytes, totalBytesMax } = archiveLimits
  const tooDense = rawBytes > ratioFromBytes && rawBytes > bytes * ratioMax
  if (!tooDense && rawBytes <= totalBytesMax) return
  throw fail('E_ARCHIVE_TOO_LARGE', `the archive unpacks to ${rawBytes} bytes from ${bytes}: no host would take that`, {
    hint: 'Nothing was built. Take out what is large and empty.',
    facts: { rawBytes, bytes },
  })
}
