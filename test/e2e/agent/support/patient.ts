import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppConfig } from '../../../crash/support/world.ts'

/** A service of these tests is up within this, also when the machine stands still for a while. */
export const upSeconds = 20
/** What never gets well is given up after this; what is back must be well within it, too. */
export const illSeconds = 6

/** The same application, given more time to get well than tests of kills can wait. */
export function patient(app: AppConfig, seconds = upSeconds): AppConfig {
  const after = app.checks['after'] as readonly object[]
  const given = after.map((check) => ('timeout_seconds' in check ? { ...check, timeout_seconds: seconds } : check))
  return { ...app, checks: { ...app.checks, after: given } }
}

/** For `prepare`: new versions are not ready before the gate is open, so that a test can act in the middle of a run. */
export function gated(dir: string): readonly (readonly string[])[] {
  const [file, folder] = [gateIn(dir), dir].map((path) => JSON.stringify(path))
  const look = `(function look() { if (!existsSync(${file}) && existsSync(${folder})) setTimeout(look, 20) })()`
  return [[process.execPath, '-e', `const { existsSync } = require('node:fs'); ${look}`]]
}

export async function openGate(dir: string): Promise<void> {
  await writeFile(gateIn(dir), '')
}

function gateIn(dir: string): string {
  return join(dir, 'gate')
}
