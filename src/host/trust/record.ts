import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { TrustMemory } from '../../core/trust/tuf/memory.ts'
import { atomicWrite } from '../tree/durable.ts'

/** A memory as it is written: the higher generation is the newer one. */
export interface Recorded {
  readonly generation: number
  readonly memory: TrustMemory
}

const recordBytesMax = 1024 * 1024
const count = z.int().min(0)
const seenSchema = z.object({
  version: count,
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  signers: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(2000),
})
const recordSchema = z.object({
  v: z.literal(1),
  generation: count,
  memory: z.object({
    pinned: z.string().nullable(),
    root: count,
    timestamp: seenSchema.nullable(),
    snapshot: seenSchema.nullable(),
    named: z.record(z.string(), count),
    releases: z.record(z.string(), z.object({ seq: count, floor: count })),
    trustedMs: count,
  }),
})

/** The text's SHA-256 on a line of its own, then the text: a damaged one is told apart from one that says little. */
export async function writeRecord(path: string, recorded: Recorded): Promise<void> {
  const text = JSON.stringify({ v: 1, ...recorded })
  await atomicWrite(path, `${checksum(text)}\n${text}\n`, { mode: 0o600 })
}

export async function readRecord(path: string): Promise<Recorded | 'absent' | 'damaged'> {
  try {
    if ((await stat(path)).size > recordBytesMax) return 'damaged'
    const [sum = '', text = ''] = (await readFile(path, 'utf8')).split('\n', 2)
    if (checksum(text) !== sum) return 'damaged'
    return recordSchema.safeParse(JSON.parse(text)).data ?? 'damaged'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'absent'
    // A disk that cannot be read is not a memory that is gone: the other copy speaks.
    return 'damaged'
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex')
