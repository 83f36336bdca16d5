import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { LoadResult } from '../fakes/traffic/load-result.ts'
import { loadProgram } from '../fakes/traffic/loaded.ts'
import { run } from './lab.ts'

export const seconds = 15
/** From when on everybody asks. */
const beginsAfterMs = 1000
const everyMs = 20

/** Where people are: on this host, in a device, or among containers. */
export interface Ground {
  /** Runs a program of this checkout to its end; resolves with its standard output. */
  node(script: string, ...words: readonly string[]): Promise<string>
  has(path: string): Promise<boolean>
  /** A folder for marks. */
  readonly scratch: string
  readonly load: string
}

export const thisHost: Ground = {
  node: async (script, ...words) => (await run(process.execPath, [script, ...words])).stdout,
  has: async (path) => existsSync(path),
  scratch: tmpdir(),
  load: loadProgram,
}

/** What people saw while `work` was done, from well before it until well after. */
export async function underLoad(ground: Ground, url: string, work: () => Promise<unknown>): Promise<LoadResult> {
  const started = join(ground.scratch, `belay-load-${randomUUID()}`)
  const loading = ground.node(ground.load, JSON.stringify({ url, seconds, started }))
  const over = new AbortController()
  const ended = loading.finally(() => over.abort())
  while (!over.signal.aborted && !(await ground.has(started))) await pause(everyMs)
  await pause(over.signal.aborted ? 0 : beginsAfterMs)
  const [out] = await Promise.all([ended, over.signal.aborted ? null : work()])
  return JSON.parse(out) as LoadResult
}
