import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SetupSecret } from '../ports/accounts.ts'
import type { Clock } from '../ports/clock.ts'

const pattern = /^[0-9a-f]{4}(?:-[0-9a-f]{4}){7}$/

/** `STATE/setup-secret`, for this user's eyes. It outlives a restart: somebody may be typing it in. */
export function fileSetupSecret(stateDir: string, clock: Clock): SetupSecret {
  const file = join(stateDir, 'setup-secret')
  const read = (): string | null => {
    try {
      const text = readFileSync(file, 'utf8').trim()
      return pattern.test(text) ? text : null
    } catch {
      return null
    }
  }
  return {
    current() {
      const known = read()
      if (known !== null) return known
      const made = (clock.randomHex(16).match(/.{4}/g) ?? []).join('-')
      const temporary = `${file}.${process.pid}`
      writeFileSync(temporary, `${made}\n`, { mode: 0o600 })
      renameSync(temporary, file)
      return made
    },
    forget: () => rmSync(file, { force: true }),
  }
}
