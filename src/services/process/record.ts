import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'

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
})
export type ProcessRecord = z.infer<typeof recordSchema>

/** Everything that belay keeps about one service of kind `process`. */
export interface ServiceFolder {
  readonly dir: string
  readonly record: string
  readonly log: string
  /** `NAME=value`, in the environment of the service and of everything that it starts. */
  readonly markerName: string
  readonly markerValue: string
}

export function serviceFolder(stateDir: string, component: string): ServiceFolder {
  const state = resolve(stateDir)
  const dir = join(state, 'services', component)
  const markerValue = createHash('sha256').update(`${state}\0${component}`).digest('hex').slice(0, 32)
  return {
    dir,
    record: join(dir, 'process.json'),
    log: join(dir, 'output.log'),
    markerName: 'BELAY_SERVICE',
    markerValue,
  }
}

/** null: there is none, or nothing that can be understood: then the marker alone tells. */
export async function readRecord(folder: ServiceFolder): Promise<ProcessRecord | null> {
  try {
    const text = (await readFile(folder.record, 'utf8')).slice(0, recordBytesMax)
    return recordSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

export async function writeRecord(folder: ServiceFolder, record: ProcessRecord): Promise<void> {
  await mkdir(folder.dir, { recursive: true, mode: 0o700 })
  const temporary = `${folder.record}.new`
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600 })
  await rename(temporary, folder.record)
}

export async function removeRecord(folder: ServiceFolder): Promise<void> {
  await rm(folder.record, { force: true })
}
