import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../core/model/problem.ts'
import { tufLimits } from '../../core/trust/tuf/limits.ts'
import { noMemory, type TrustMemory } from '../../core/trust/tuf/memory.ts'
import { alone } from '../alone.ts'
import { atomicWrite } from '../tree/durable.ts'
import { readRecord, type Recorded, writeRecord } from './record.ts'

/**
 * What one host trusts of one repository, on disk. Every change is whole or absent after a power cut, and durable when
 * its call resolves; a damaged file is passed over, a lost memory is an error.
 * - `<role>.json` is the metadata last trusted, byte for byte; `<role>.json.old` is the one before.
 * - `memory.a` and `memory.b` say the same, one written after the other.
 * `memory` is read first, and again after an error: what is written is written over what was read.
 */
export interface TrustStore {
  readonly dir: string
  /** null: this repository was never asked. E_METADATA_MEMORY: it was, and nothing readable says what was seen. */
  memory(): Promise<TrustMemory | null>
  /** Newest first; damaged copies may be among them. */
  recall(role: string): Promise<readonly Uint8Array[]>
  /** Rejects with E_CONFLICT when another process wrote meanwhile. */
  keep(role: string, bytes: Uint8Array, memory: TrustMemory): Promise<void>
  remember(memory: TrustMemory): Promise<void>
}

/** A turn is a few writes; whoever waits for it is not asked to give up. */
const untilDone = new AbortController().signal

export async function openTrustStore(dir: string): Promise<TrustStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  let last: Recorded | null = null
  const copies = [join(dir, 'memory.a'), join(dir, 'memory.b')] as const
  const newest = async (): Promise<Recorded | null> => {
    const read = await Promise.all(copies.map(readRecord))
    const good = read.filter((one) => typeof one === 'object')
    if (good.length === 0 && (read.includes('damaged') || (await holdsMetadata(dir)))) throw lost(dir)
    return good.toSorted((a, b) => b.generation - a.generation)[0] ?? null
  }
  const remember = async (memory: TrustMemory): Promise<void> => {
    const generation = ((await unchanged())?.generation ?? 0) + 1
    const next = { generation, memory }
    for (const copy of copies) await writeRecord(copy, next)
    last = next
  }
  const unchanged = async (): Promise<Recorded | null> => {
    const now = await newest()
    if ((now?.generation ?? 0) !== (last?.generation ?? 0)) throw meanwhile(dir)
    return now
  }
  /** Looked at and written in one turn: of two who looked before either wrote, both would write, into one file. */
  const changing = (work: () => Promise<void>): Promise<void> => alone(join(dir, 'lock'), untilDone, work)
  return {
    dir,
    memory: async () => {
      last = await newest()
      return last?.memory ?? null
    },
    recall: async (role) => {
      const path = join(dir, metadataFileName(role))
      const found = await Promise.all([readBounded(path), readBounded(`${path}.old`)])
      return found.filter((bytes) => bytes !== null)
    },
    keep: (role, bytes, memory) =>
      changing(async () => {
        // A memory comes first of all: metadata without one would look like a memory that was lost.
        if ((await unchanged()) === null) await remember(noMemory)
        const path = join(dir, metadataFileName(role))
        const before = await readBounded(path)
        if (before !== null) await atomicWrite(`${path}.old`, before, { mode: 0o600 })
        await atomicWrite(path, bytes, { mode: 0o600 })
        await remember(memory)
      }),
    remember: (memory) => changing(() => remember(memory)),
  }
}

/**
 * Any role name as a file name that means the same on file systems that know no case. The names of the four roles of
 * the root stay as they are; no other role may have them.
 */
export function metadataFileName(role: string): string {
  const plain = role.replaceAll(/[^a-z0-9_-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )
  return `${plain.length <= 180 ? plain : `%${createHash('sha256').update(role).digest('hex')}`}.json`
}

async function holdsMetadata(dir: string): Promise<boolean> {
  return (await readdir(dir)).some((name) => name.endsWith('.json'))
}

async function readBounded(path: string): Promise<Uint8Array | null> {
  try {
    await using file = await open(path, constants.O_RDONLY)
    const { size } = await file.stat()
    return size > tufLimits.targetsBytesMax ? null : await file.readFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function lost(dir: string) {
  return fail('E_METADATA_MEMORY', `neither copy of what this host remembers in ${dir} can be read`, {
    hint: `Nothing was installed. Restore ${dir} from a backup; or, if you accept that older metadata could then pass for new once, remove it.`,
    facts: { dir },
  })
}

function meanwhile(dir: string) {
  return fail('E_CONFLICT', `another process asks the same repository and wrote to ${dir} meanwhile`, {
    hint: 'Run the command again.',
    retryable: true,
    facts: { dir },
  })
}
