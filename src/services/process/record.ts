import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { Slot } from '../../core/traffic/slots.ts'
import { bootId } from '../../host/process/find.ts'

const recordBytesMax = 4096

/**
 * Which process was started. Not durable on purpose: after a power cut there is no process either. `startTicks` and
 * `bootId` name the process among all that had or will have its pid.
 */
const recordSchema = z.object({
  v: z.literal(1),
  pid: z.number().int().positive(),
  startTicks: z.number().int().nonnegative(),
  bootId: z.string(),
  startedAt: z.number(),
  /** Where its output begins in `output.log`, in bytes. */
  logOffset: z.number().int().nonnegative(),
  /** It was told to end and may finish what it has: nothing starts it again. */
  ending: z.literal(true).optional(),
})
export type ProcessRecord = z.infer<typeof recordSchema>

/** Left by a stop that saw everything end: the next start need not look for it. */
const stoppedSchema = z.object({ v: z.literal(1), stopped: z.literal(true), bootId: z.string() })

/** Everything that belay keeps about one service of kind `process`. */
export interface ServiceFolder {
  readonly dir: string
  readonly record: string
  readonly log: string
  /** `NAME=value`, in the environment of the service and of everything that it starts. */
  readonly markerName: string
  readonly markerValue: string
}

/** No name of a component holds an `@`. */
export function serviceFolder(stateDir: string, component: string, slot: Slot | null = null): ServiceFolder {
  const state = resolve(stateDir)
  const name = slot === null ? component : `${component}@${slot}`
  const dir = join(state, 'services', name)
  const markerValue = createHash('sha256').update(`${state}\0${name}`).digest('hex').slice(0, 32)
  return {
    dir,
    record: join(dir, 'process.json'),
    log: join(dir, 'output.log'),
    markerName: 'BELAY_SERVICE',
    markerValue,
  }
}

/** null: there is none, or nothing that can be understood: then the marker alone tells. */
export function readRecord(folder: ServiceFolder): ProcessRecord | 'stopped' | null {
  try {
    const text = readFileSync(folder.record, 'utf8').slice(0, recordBytesMax)
    const json: unknown = JSON.parse(text)
    if (stoppedSchema.safeParse(json).data?.bootId === bootId()) return 'stopped'
    return recordSchema.safeParse(json).data ?? null
  } catch {
    return null
  }
}

/** Read and written inside an outage: a call to the kernel costs less than a turn of the event loop. */
export function writeRecord(folder: ServiceFolder, record: ProcessRecord | z.infer<typeof stoppedSchema>): void {
  mkdirSync(folder.dir, { recursive: true, mode: 0o700 })
  const temporary = `${folder.record}.new`
  writeFileSync(temporary, JSON.stringify(record), { mode: 0o600 })
  renameSync(temporary, folder.record)
}

export function removeRecord(folder: ServiceFolder): void {
  rmSync(folder.record, { force: true })
}
