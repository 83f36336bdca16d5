import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckReport } from '../ports/engine.ts'
import type { LastChecks } from '../ports/last-checks.ts'

/** One small file per component, replaced by rename: a reader never sees half of one (D12). */
export function fileLastChecks(stateDir: string): LastChecks {
  const dir = join(stateDir, 'checks')
  return {
    get(component) {
      try {
        return JSON.parse(readFileSync(join(dir, `${component}.json`), 'utf8')) as CheckReport
      } catch {
        return null
      }
    },
    put(component, report) {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      const temporary = join(dir, `.${component}.${process.pid}`)
      writeFileSync(temporary, JSON.stringify(report), { mode: 0o600 })
      renameSync(temporary, join(dir, `${component}.json`))
    },
  }
}
