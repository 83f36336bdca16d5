import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Retiring, RetiringRecords } from '../ports/retiring.ts'

/** One small file per component, synced and replaced by rename: a power cut leaves the old record or the new one. */
export function fileRetiring(stateDir: string): RetiringRecords {
  const dir = join(stateDir, 'retiring')
  const fileOf = (component: string) => join(dir, `${component}.json`)
  const get = (component: string): Retiring | null => {
    try {
      return JSON.parse(readFileSync(fileOf(component), 'utf8')) as Retiring
    } catch {
      return null
    }
  }
  return {
    get,
    all: () =>
      namesIn(dir)
        .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
        .flatMap((name) => get(name.slice(0, -'.json'.length)) ?? []),
    put(record) {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      const { component } = record.step.traffic
      const temporary = join(dir, `.${component}.new`)
      const file = openSync(temporary, 'w', 0o600)
      try {
        writeSync(file, JSON.stringify(record))
        fsyncSync(file)
      } finally {
        closeSync(file)
      }
      renameSync(temporary, fileOf(component))
      syncDir(dir)
    },
    remove(component) {
      rmSync(fileOf(component), { force: true })
    },
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

function syncDir(dir: string): void {
  const handle = openSync(dir, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
